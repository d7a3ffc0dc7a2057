// 100 roles of another account's principals, each of which may read and write under a prefix of its own.
const { App, Stack } = require("aws-cdk-lib");
const { AccountPrincipal, Role } = require("aws-cdk-lib/aws-iam");
const { Bucket } = require("aws-cdk-lib/aws-s3");

const ROLES = 100;

const app = new App();
const stack = new Stack(app, "Owner", { env: { account: "111111222222", region: "eu-central-1" } });
const bucket = new Bucket(stack, "Bucket");
for (let number = 0; number < ROLES; number += 1) {
  const role = new Role(stack, `Role${number}`, { assumedBy: new AccountPrincipal("112233445566") });
  bucket.grantReadWrite(role, `team-${number}/*`);
}
