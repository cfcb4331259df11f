import { startFirefox } from '../delivery/firefox.ts'
import { testDelivery } from '../delivery/suite.ts'

testDelivery('Firefox', { start: startFirefox, closingDelivers: false, concurrent: false, timed: true })
