using System.Net;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Security;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class CallerTests
{
    private const string Bootstrap = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("Bearer fk_nonsense")]
    [InlineData("Bearer ")]
    [InlineData("Basic YTpi")]
    [InlineData("fk_0")]
    public async Task Request_WithBadCredentials_IsRefusedEvenWhileTheDoorIsOpen(string authorization)
    {
        await using var door = await DoorHost.StartAsync();
        var answer = await door.Client.ReadAsync("/api/samples/a", ("Authorization", authorization));
        Assert.Equal((HttpStatusCode.Unauthorized, "api.unauthorized"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Request_WithAnotherKeysSecret_IsRefused()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, one) = await door.CreateAdminAsync();
        var (_, two) = await door.CreateAdminAsync(one);
        var mixed = one.Item2[..^64] + two.Item2[^64..];
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.ReadAsync("/api/samples/a", ("Authorization", mixed))).Status);
    }

    [Fact]
    public async Task Request_WithForgedId_IsRefusedUnread()
    {
        var store = new MemoryStore();
        await using var door = await DoorHost.StartAsync(store: store);
        await door.CreateAdminAsync();
        var forged = KeyToken.Write(new ResourceId(((UInt128)1900000000000 << 80) | 5), new byte[32]);
        var ring = door.Host.Get<KeyRing>();
        Assert.True(KeyToken.TryRead(forged, out var id, new byte[32]));
        Assert.Null(await ring.FindAsync(id, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.ReadAsync("/api/samples/a", DoorHost.Bearer(forged))).Status);
    }

    [Fact]
    public async Task Request_WithoutTheScope_IsForbiddenByName()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        var (_, reader) = await door.CreateAsync("""{ "name": "r", "roles": ["reader"] }""", admin);
        var answer = await door.Client.ReadAsync("/api/samples/a", reader);
        Assert.Equal((HttpStatusCode.Forbidden, "api.forbidden"), (answer.Status, answer.Code));
        Assert.Equal("The key does not hold 'samples:write'.", answer.Json.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await door.Client.ReadAsync("/api/keys", reader)).Status);
    }

    [Fact]
    public async Task Request_ToNothing_Is404And405WithoutKey()
    {
        await using var door = await DoorHost.StartAsync();
        await door.CreateAdminAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await door.Client.ReadAsync("/api/nothing")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await door.Client.SendAsync(HttpMethod.Patch, "/api/samples/a")).Status);
    }

    [Fact]
    public async Task Tenant_OfTheKey_CannotBeLeft()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        var (_, acme) = await door.CreateAsync("""{ "name": "t", "scopes": ["*:write"], "tenant": "acme" }""", admin);
        Assert.Equal("acme", (await AdmitAsync(door, acme.Item2)).Value.Tenant);
        Assert.Equal("acme", (await AdmitAsync(door, acme.Item2, "acme")).Value.Tenant);
        Assert.Equal("api.forbidden", (await AdmitAsync(door, acme.Item2, "other")).Problem?.Error.Code);
    }

    [Fact]
    public async Task Tenant_ByHeader_NeedsTenantsAny()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        var (_, plain) = await door.CreateAsync("""{ "name": "t", "scopes": ["tasks:write"] }""", admin);
        var (_, any) = await door.CreateAsync("""{ "name": "t", "scopes": ["tasks:write", "tenants:any"] }""", admin);
        Assert.Equal("default", (await AdmitAsync(door, plain.Item2)).Value.Tenant);
        Assert.Equal("api.forbidden", (await AdmitAsync(door, plain.Item2, "acme")).Problem?.Error.Code);
        Assert.Equal("acme", (await AdmitAsync(door, any.Item2, "acme")).Value.Tenant);
        Assert.Equal("api.invalid", (await AdmitAsync(door, any.Item2, "A me")).Problem?.Error.Code);
    }

    [Fact]
    public async Task Roles_AreExpanded_AndAgentsKeepToTheirServices()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        var (id, agent) = await door.CreateAsync("""{ "name": "a", "roles": ["agent"], "services": ["summarizer"] }""", admin);
        var caller = (await AdmitAsync(door, agent.Item2)).Value;
        Assert.Equal(id, caller.KeyId);
        Assert.Equal(["summarizer"], caller.Services!);
        Assert.True(caller.Has("tasks:work") && caller.Has("registry:write"));
        Assert.False(caller.Has("tasks:write") || caller.Has("admin") || caller.Has("queues:write"));
        var (_, all) = await door.CreateAsync("""{ "name": "a", "roles": ["agent"], "services": ["*"] }""", admin);
        Assert.Null((await AdmitAsync(door, all.Item2)).Value.Services);
    }

    [Fact]
    public async Task Bootstrap_IsAdminUntilAnAdminKeyExists_AndAgainWhenNoneIsLeft()
    {
        await using var door = await DoorHost.StartAsync(o => o.BootstrapKey = Bootstrap);
        var bootstrap = DoorHost.Bearer(Bootstrap);
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.ReadAsync("/api/samples/a")).Status);
        await door.CreateAsync("""{ "name": "r", "roles": ["reader"] }""", bootstrap);
        var (id, admin) = await door.CreateAdminAsync(bootstrap);
        Assert.Equal("bootstrap", (await door.Client.ReadAsync($"/api/keys/{id}", admin)).Json.GetProperty("createdBy").GetString());

        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.ReadAsync("/api/samples/a", bootstrap)).Status);
        await door.Client.SendAsync(HttpMethod.Delete, $"/api/keys/{id}", null, admin);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", bootstrap)).Status);
    }

    [Fact]
    public async Task Bootstrap_KeptElsewhere_IsAskedForOnlyByTokensThatAreNoKeys()
    {
        var asked = 0;
        await using var door = await DoorHost.StartAsync(o => o.FindBootstrapKey = _ =>
        {
            asked++;
            return new ValueTask<string?>(Bootstrap);
        });
        var bootstrap = DoorHost.Bearer(Bootstrap);

        var (_, reader) = await door.CreateAsync("""{ "name": "r", "roles": ["reader"] }""", bootstrap);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", bootstrap)).Status);
        Assert.Equal(2, asked);
        await door.Client.ReadAsync("/api/samples/a", reader);
        Assert.Equal(2, asked);
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.ReadAsync("/api/samples/a", DoorHost.Bearer("another"))).Status);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Bootstrap_KeptElsewhereAndOutOfReach_Is503()
    {
        await using var door = await DoorHost.StartAsync(o => o.FindBootstrapKey = _ => throw new StoreUnavailableException("The vault is away"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await door.Client.ReadAsync("/api/samples/a", DoorHost.Bearer(Bootstrap))).Status);
    }

    [Fact]
    public async Task Bootstrap_TooShort_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => DoorHost.StartAsync(o => o.BootstrapKey = "short"));
        Assert.Contains("BootstrapKey needs at least 32 characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revocation_ByAnotherProcess_EndsTheKeyWithinFiveSeconds()
    {
        var store = new MemoryStore(shards: 16);
        await using var here = await DoorHost.StartAsync(store: store, profile: HostProfile.Azure);
        await using var there = await DoorHost.StartAsync(store: store, profile: HostProfile.Azure);
        var (id, admin) = await here.CreateAdminAsync();
        Assert.Equal(HttpStatusCode.OK, (await there.Client.ReadAsync("/api/samples/a", admin)).Status);

        await here.Client.SendAsync(HttpMethod.Delete, $"/api/keys/{id}", null, admin);
        Assert.Equal(HttpStatusCode.Unauthorized, (await here.Client.ReadAsync("/api/samples/a", admin)).Status);
        Assert.Equal(HttpStatusCode.OK, (await there.Client.ReadAsync("/api/samples/a", admin)).Status);
        there.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.Client.ReadAsync("/api/samples/a", admin)).Status);
    }

    [Fact]
    public async Task Ring_WithALateReadOfAnOlderState_KeepsTheNewer()
    {
        await using var door = await DoorHost.StartAsync();
        var ring = door.Host.Get<KeyRing>();
        var key = KeyDeciderTests.Key(KeyStatus.Active);
        ring.Learn(key with { Number = 4, RevokedAt = DateTimeOffset.UnixEpoch });
        Assert.NotNull(ring.Learn(key).Key.RevokedAt);
    }

    [Fact]
    public async Task Ring_AboveItsBound_StaysBounded()
    {
        await using var door = await DoorHost.StartAsync(o => o.CachedKeysMax = 16);
        var (_, admin) = await door.CreateAdminAsync();
        for (var i = 0; i < 40; i++)
        {
            await door.CreateAsync("""{ "name": "r", "roles": ["reader"] }""", admin);
        }

        Assert.InRange(door.Host.Get<KeyRing>().Count, 1, 16);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", admin)).Status);
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:7070", null, null, true)]
    [InlineData("::1", "[::1]:7070", null, null, true)]
    [InlineData("127.0.0.1", "127.0.0.1", "http://localhost:3000", null, true)]
    [InlineData(null, "localhost", null, null, true)]
    [InlineData("10.0.0.5", "localhost", null, null, false)]
    [InlineData("127.0.0.1", "evil.example:7070", null, null, false)]
    [InlineData("127.0.0.1", "localhost", "https://evil.example", null, false)]
    [InlineData("127.0.0.1", "localhost", "null", null, false)]
    [InlineData("127.0.0.1", "localhost", null, "203.0.113.9", false)]
    [InlineData("127.0.0.1", "localhost", null, "127.0.0.1", true)]
    [InlineData("127.0.0.1", "localhost", null, "127.0.0.1, [::1]:5000", true)]
    [InlineData("127.0.0.1", "localhost", null, "127.0.0.1, 203.0.113.9", false)]
    [InlineData("127.0.0.1", "localhost", null, "unknown", false)]
    public void LocalCaller_IsOnThisMachineInEveryRespect(string? address, string host, string? origin, string? forwarded, bool local)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        http.Request.Host = new HostString(host);
        if (origin is not null)
        {
            http.Request.Headers.Origin = origin;
        }

        if (forwarded is not null)
        {
            http.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        Assert.Equal(local, LocalCallers.Refuse(http) is null);
    }

    [Theory]
    [InlineData("localhost:7071", true)]
    [InlineData("evil.example", false)]
    public void LocalCaller_BehindAProxyOfThisMachine_AskedForThisMachine(string host, bool local)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Headers["X-Forwarded-For"] = "127.0.0.1";
        http.Request.Headers["X-Forwarded-Host"] = host;

        Assert.Equal(local, LocalCallers.Refuse(http) is null);
    }

    private static async Task<Outcome<Caller>> AdmitAsync(DoorHost door, string authorization, string? tenant = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = authorization;
        if (tenant is not null)
        {
            http.Request.Headers[KeyDoorkeeper.TenantHeader] = tenant;
        }

        return await door.Host.Services.GetRequiredService<KeyDoorkeeper>().AdmitAsync(http, TestContext.Current.CancellationToken);
    }
}
