/** Config keys that a stack decides by other means, and by which. */
export const CONFIG_OF_STACK = {
  'aws.account': 'props.env of the stack',
  'aws.region': 'props.env of the stack',
  'aws.tags': 'Tags.of()',
  'aws.permissionsBoundary': 'PermissionsBoundary.of()',
  'aws.alarmEmail': 'a subscription to the topic',
} as const;
