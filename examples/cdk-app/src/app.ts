import { App } from 'aws-cdk-lib';
import { RevenueStack } from './revenue-stack.js';
import { ShopStack } from './shop-stack.js';

const app = new App();
const shop = new ShopStack(app, 'Shop');
new RevenueStack(app, 'Revenue', { shop });
