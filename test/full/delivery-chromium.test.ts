import { startChromium } from '../delivery/chromium.ts'
import { testDelivery } from '../delivery/suite.ts'

testDelivery('Chromium', { start: startChromium, closingDelivers: true, concurrent: false, timed: true })
