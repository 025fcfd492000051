using Foundation.Security;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class KeyRequestCheckTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Faults_OfGoodRequests_AreNone()
    {
        KeyRequest[] good =
        [
            new() { Name = "a", Roles = [KeyRole.Admin] },
            new() { Name = "a", Roles = [KeyRole.Agent], Services = ["summarizer", "a-b_1"] },
            new() { Name = "a", Roles = [KeyRole.Agent], Services = ["*"] },
            new() { Name = "a", Roles = [KeyRole.Operator], Tenant = "acme", Lifetime = TimeSpan.FromDays(1) },
            new() { Name = "a", Scopes = ["tasks:read", "tasks:work", "config.queues:write", "config.adapters:write", "secrets:use", "tenants:any", "*:read", "tasks:*"] },
            new() { Name = "a", Roles = [KeyRole.Reader], ExpiresAt = Now.AddSeconds(1) },
        ];
        Assert.All(good, request => Assert.Empty(KeyRequestCheck.Faults(request, Now)));
    }

    [Fact]
    public void Faults_OfOneRequest_AreAllListed()
    {
        var faults = KeyRequestCheck.Faults(
            new KeyRequest
            {
                Name = " ", Roles = [KeyRole.Agent, KeyRole.Admin], Scopes = ["task:read", "tasks:reed", "queues:work", "config.:write", "config.q:read", "admin"],
                Tenant = "Acme!", ExpiresAt = Now, Lifetime = TimeSpan.FromDays(1),
            },
            Now);
        Assert.Equal(
            ["/lifetime", "/name", "/scopes/0", "/scopes/1", "/scopes/2", "/scopes/3", "/scopes/4", "/services", "/tenant", "/tenant", "/tenant"],
            faults.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Equal("Did you mean 'tasks:read'?", faults.Single(f => f.Path == "/scopes/0").Hint);
    }

    [Theory]
    [InlineData("Sum")]
    [InlineData("a.b")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("")]
    public void Faults_OfServiceNames_NameThePlace(string service) => Assert.Equal(
        ["/services/0"], KeyRequestCheck.Faults(new KeyRequest { Name = "a", Roles = [KeyRole.Agent], Services = [service] }, Now).Select(f => f.Path));

    [Fact]
    public void Faults_OfKeyThatEndsBeforeItBegins_NameTheMember()
    {
        Assert.Equal("/expiresAt", Assert.Single(KeyRequestCheck.Faults(new KeyRequest { Name = "a", Roles = [KeyRole.Reader], ExpiresAt = Now }, Now)).Path);
        Assert.Equal("/lifetime", Assert.Single(KeyRequestCheck.Faults(new KeyRequest { Name = "a", Roles = [KeyRole.Reader], Lifetime = TimeSpan.Zero }, Now)).Path);
        Assert.Equal("/roles", Assert.Single(KeyRequestCheck.Faults(new KeyRequest { Name = "a" }, Now)).Path);
    }
}
