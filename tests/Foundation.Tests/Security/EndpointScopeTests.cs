using Foundation.Kernel;
using Foundation.Security;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class EndpointScopeTests
{
    /// <summary>Endpoints that answer without a key, by the contract: everything else under /api needs a scope.</summary>
    private static readonly string[] Open = ["/api/version"];

    [Fact]
    public async Task EveryApiEndpoint_DeclaresWhoMayUseIt()
    {
        await using var host = await TestHost.StartAsync(f => f.AddAllRooms());
        var endpoints = host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.NotEmpty(endpoints);
        foreach (var endpoint in endpoints)
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var access = endpoint.Metadata.GetMetadata<EndpointAccess>();
            if (!path.StartsWith("/api/", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(access is not null, $"{endpoint.DisplayName} declares no scope: .RequireScope(\"room:read\")");
            Assert.True(access.Scope is not null || Open.Contains(path), $"{endpoint.DisplayName} is open to everybody");
            Assert.True(access.Scope is null or ScopeRules.Admin or ScopeRules.AnyKey || KeyRoles.Refuse(access.Scope) is null, $"{endpoint.DisplayName} needs '{access.Scope}', which no key can hold");
        }
    }

    [Fact]
    public void EveryRole_ExpandsToScopesThatAKeyCanHold() => Assert.All(
        Enum.GetValues<KeyRole>().SelectMany(r => KeyRoles.ScopesOf(r)), scope => Assert.Null(KeyRoles.Refuse(scope)));
}
