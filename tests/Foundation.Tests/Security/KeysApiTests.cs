using System.Net;
using System.Text;
using Foundation.Protocols;
using Foundation.Security;
using Foundation.Tests.Hosting;
using Xunit;

namespace Foundation.Tests.Security;

public sealed class KeysApiTests
{
    [Fact]
    public async Task Create_FirstKey_EndsTheOpenDoor()
    {
        await using var door = await DoorHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a")).Status);

        var (id, bearer) = await door.CreateAdminAsync();

        var refused = await door.Client.ReadAsync("/api/samples/a");
        Assert.Equal((HttpStatusCode.Unauthorized, "api.unauthorized"), (refused.Status, refused.Code));
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", bearer)).Status);
        var read = await door.Client.ReadAsync($"/api/keys/{id}", bearer);
        Assert.Equal("local", read.Json.GetProperty("createdBy").GetString());
        Assert.False(read.Json.TryGetProperty("secret", out _));
        Assert.NotNull(read.Headers.ETag);
    }

    [Fact]
    public async Task Create_Secret_StandsNowhereInTheStore()
    {
        var store = new Protocols.Memory.MemoryStore();
        await using var door = await DoorHost.StartAsync(store: store);
        var (_, bearer) = await door.CreateAdminAsync();
        var secret = bearer.Item2.Split('_')[^1];

        var rows = await store.ListAsync(
            KeyTables.Shard, new KeyRange(KeyTables.Keys), new Listing(10, WithBodies: true), TestContext.Current.CancellationToken);
        var row = Assert.Single(rows.Items);
        Assert.DoesNotContain(secret, Encoding.UTF8.GetString(row.State.Span), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(Convert.FromHexString(secret)), Encoding.UTF8.GetString(row.State.Span), StringComparison.Ordinal);
        Assert.True(row.Body.IsEmpty);
    }

    [Fact]
    public async Task Create_WithFaults_ListsThemAll()
    {
        await using var door = await DoorHost.StartAsync();
        var answer = await door.Client.PostAsync("/api/keys", """{ "name": "", "roles": ["agent"], "scopes": ["task:read"] }""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(["/name api.invalid-value", "/scopes/0 api.invalid-value", "/services api.missing-member"], answer.Faults);

        var unknown = await door.Client.PostAsync("/api/keys", """{ "name": "a", "role": "admin", "roles": ["boss"] }""");
        Assert.Equal(["/role api.unknown-member", "/roles/0 api.invalid-value"], unknown.Faults);
    }

    [Fact]
    public async Task Create_DryRun_StoresNothing()
    {
        await using var door = await DoorHost.StartAsync();
        var answer = await door.Client.PostAsync("/api/keys?dryRun=true", """{ "name": "a", "roles": ["reader"] }""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.TryGetProperty("secret", out _));
        Assert.Empty((await door.Client.ReadAsync("/api/keys")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Create_AboveTheBound_IsRefused()
    {
        await using var door = await DoorHost.StartAsync(o => o.KeysMax = 1);
        var (_, bearer) = await door.CreateAdminAsync();
        var answer = await door.Client.PostAsync("/api/keys", """{ "name": "b", "roles": ["reader"] }""", bearer);
        Assert.Equal((HttpStatusCode.Conflict, "keys.too-many"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Revoke_EndsTheKeyAtOnce_AndTwiceIsTheSame()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        var (id, bearer) = await door.CreateAsync("""{ "name": "b", "roles": ["reader"] }""", admin);
        Assert.Equal(HttpStatusCode.Forbidden, (await door.Client.ReadAsync("/api/samples/a", bearer)).Status);

        var revoked = await door.Client.SendAsync(HttpMethod.Delete, $"/api/keys/{id}", null, admin);
        Assert.Equal("revoked", revoked.Json.GetProperty("status").GetString());

        var refused = await door.Client.ReadAsync("/api/samples/a", bearer);
        Assert.Equal((HttpStatusCode.Unauthorized, "The key was revoked."), (refused.Status, refused.Json.GetProperty("detail").GetString()));
        var again = await door.Client.SendAsync(HttpMethod.Delete, $"/api/keys/{id}", null, admin);
        Assert.Equal(revoked.Json.GetProperty("since").GetString(), again.Json.GetProperty("since").GetString());
        Assert.Equal("keys.revoked", (await door.Client.PostAsync($"/api/keys/{id}/rotate", "{}", admin)).Code);
    }

    [Fact]
    public async Task Rotate_WithinGrace_BothSecretsWork_ThenOnlyTheNew()
    {
        await using var door = await DoorHost.StartAsync();
        var (id, old) = await door.CreateAdminAsync();
        var rotated = await door.Client.PostAsync($"/api/keys/{id}/rotate", """{ "grace": "1h" }""", old);
        var fresh = DoorHost.Bearer(rotated.Json.GetProperty("secret").GetString()!);

        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", old)).Status);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", fresh)).Status);

        door.Time.Advance(TimeSpan.FromHours(1));
        var refused = await door.Client.ReadAsync("/api/samples/a", old);
        Assert.Equal((HttpStatusCode.Unauthorized, "The key was rotated and its old secret has ended."), (refused.Status, refused.Json.GetProperty("detail").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", fresh)).Status);
        Assert.Equal(["/grace api.invalid-value"], (await door.Client.PostAsync($"/api/keys/{id}/rotate", """{ "grace": "31d" }""", fresh)).Faults);
    }

    [Fact]
    public async Task Rotate_WithStaleETag_ChangesNothing()
    {
        await using var door = await DoorHost.StartAsync();
        var (id, bearer) = await door.CreateAdminAsync();
        var answer = await door.Client.SendAsync(HttpMethod.Post, $"/api/keys/{id}/rotate", null, bearer, ("If-Match", "\"ffff\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", bearer)).Status);
    }

    [Fact]
    public async Task Expiry_EndsTheKey_AndRetentionDeletesIt()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        var (id, bearer) = await door.CreateAsync("""{ "name": "b", "scopes": ["*"], "lifetime": "1h" }""", admin);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.ReadAsync("/api/samples/a", bearer)).Status);

        door.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("The key has expired.", (await door.Client.ReadAsync("/api/samples/a", bearer)).Json.GetProperty("detail").GetString());
        Assert.Equal("expired", (await door.Client.ReadAsync($"/api/keys/{id}", admin)).Json.GetProperty("status").GetString());

        door.Time.Advance(TimeSpan.FromDays(30));
        await door.Host.Get<KeyService>().DeleteEndedAsync(TestContext.Current.CancellationToken);
        Assert.Equal("keys.not-found", (await door.Client.ReadAsync($"/api/keys/{id}", admin)).Code);
    }

    [Fact]
    public async Task Retention_OfTheLastKey_KeepsTheDoorClosed()
    {
        await using var door = await DoorHost.StartAsync();
        var (id, admin) = await door.CreateAdminAsync();
        await door.Client.SendAsync(HttpMethod.Delete, $"/api/keys/{id}", null, admin);
        door.Time.Advance(TimeSpan.FromDays(31));
        var service = door.Host.Get<KeyService>();
        await service.DeleteEndedAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(await service.FindAsync(id, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.ReadAsync("/api/samples/a")).Status);
    }

    [Fact]
    public async Task List_ByPages_HoldsEachKeyOnce()
    {
        await using var door = await DoorHost.StartAsync();
        var (_, admin) = await door.CreateAdminAsync();
        for (var i = 0; i < 4; i++)
        {
            await door.CreateAsync($$"""{ "name": "k{{i}}", "roles": ["reader"] }""", admin);
        }

        List<string> names = [];
        string? next = null;
        do
        {
            var page = await door.Client.ReadAsync("/api/keys?limit=2" + (next is null ? "" : "&cursor=" + Uri.EscapeDataString(next)), admin);
            names.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString()!));
            next = page.Json.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }
        while (next is not null);
        Assert.Equal(["k3", "k2", "k1", "k0", "root"], names);
    }
}
