using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class ScopeRulesTests
{
    [Theory]
    [InlineData("*", "tasks:write", true)]
    [InlineData("*", "admin", true)]
    [InlineData("tasks:write", "tasks:write", true)]
    [InlineData("tasks:write", "tasks:read", false)]
    [InlineData("tasks:write", "tasks:work", false)]
    [InlineData("tasks:*", "tasks:work", true)]
    [InlineData("tasks:*", "queues:read", false)]
    [InlineData("*:read", "queues:read", true)]
    [InlineData("*:read", "queues:write", false)]
    [InlineData("*:read", "admin", false)]
    [InlineData("config:write", "config.queues:write", true)]
    [InlineData("config:read", "config.queues:write", false)]
    [InlineData("config.queues:write", "config.queues:write", true)]
    [InlineData("config.queues:write", "config.retry-policies:write", false)]
    [InlineData("config.queues:write", "config:write", false)]
    [InlineData("config:write", "config.adapters:write", false)]
    [InlineData("config:*", "config.tenants:write", false)]
    [InlineData("*:write", "config.contacts:write", false)]
    [InlineData("config.contacts:write", "config.contacts:write", true)]
    [InlineData("secrets:*", "secrets:use", false)]
    [InlineData("tenants:*", "tenants:any", false)]
    [InlineData("tenants:any", "tenants:any", true)]
    [InlineData("", "tasks:read", false)]
    public void Allow_WithHeldScope_CoversExactlyWhatItSays(string held, string needed, bool expected) =>
        Assert.Equal(expected, ScopeRules.Allow(new HashSet<string> { held }, needed));
}
