import { testDelivery } from '../delivery/suite.ts'
import { startWebkit } from '../delivery/webkit.ts'

testDelivery('WebKit', { start: startWebkit, closingDelivers: true, concurrent: false, timed: true })
