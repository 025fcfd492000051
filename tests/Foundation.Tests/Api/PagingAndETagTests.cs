using System.Net;
using Foundation.Tests.Hosting;
using Xunit;

namespace Foundation.Tests.Api;

public sealed class PagingAndETagTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(f => f.AddRoom<SampleRoom>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task List_ByPages_GivesEachItemOnce()
    {
        var names = new List<string?>();
        var path = "/api/samples?limit=2&sort=-createdAt";
        for (string? next = ""; next is not null;)
        {
            var page = (await _host.Client.ReadAsync(next.Length == 0 ? path : $"{path}&cursor={next}")).Json;
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }

        Assert.Equal(["s4", "s3", "s2", "s1", "s0"], names);
    }

    [Fact]
    public async Task Cursor_WhenForeign_Is410()
    {
        var next = (await _host.Client.ReadAsync("/api/samples?limit=2")).Json.GetProperty("next").GetString()!;
        var changed = next[..^1] + (next[^1] == 'A' ? 'B' : 'A');
        foreach (var path in new[]
        {
            $"/api/samples?limit=2&cursor={changed}", "/api/samples?cursor=2", "/api/samples?cursor=AQ", "/api/samples?cursor=%00",
            $"/api/samples?limit=2&sort=-createdAt&cursor={next}", $"/api/samples?limit=2&label=a:b&cursor={next}",
        })
        {
            var answer = await _host.Client.ReadAsync(path);
            Assert.Equal(("api.cursor-expired", 410), (answer.Code, (int)answer.Status));
        }

        // The limit may change between pages.
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.ReadAsync($"/api/samples?limit=1&cursor={next}")).Status);
    }

    [Fact]
    public async Task Count_AnswersHowMany() =>
        Assert.Equal("""{"count":5,"exact":true}""", (await _host.Client.ReadAsync("/api/samples?count=only")).Text);

    [Fact]
    public async Task Get_WhenTheClientHasIt_Is304()
    {
        var first = await _host.Client.ReadAsync("/api/samples/a");
        var etag = first.Headers.ETag!.Tag;
        var again = await _host.Client.ReadAsync("/api/samples/a", ("If-None-Match", $"\"x\", W/{etag}"));
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Text));
        Assert.Equal(etag, again.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.ReadAsync("/api/samples/a", ("If-None-Match", "\"x\""))).Status);
    }

    [Theory]
    [InlineData("a", "If-Match", "*", 200)]
    [InlineData("absent", "If-Match", "*", 412)]
    [InlineData("a", "If-Match", "\"other\"", 412)]
    [InlineData("a", "If-None-Match", "*", 412)]
    [InlineData("absent", "If-None-Match", "*", 200)]
    public async Task Put_UnderAConditions_IsCheckedFirst(string name, string header, string value, int status)
    {
        var answer = await _host.Client.SendAsync(HttpMethod.Put, $"/api/samples/{name}", """{"name":"a","size":1}""", (header, value));
        Assert.Equal(status, (int)answer.Status);
        if (status != 412) return;
        Assert.Equal("api.precondition-failed", answer.Code);
        if (name != "a") return;
        var right = await _host.Client.SendAsync(
            HttpMethod.Put, "/api/samples/a", """{"name":"a","size":1}""", ("If-Match", answer.Json.GetProperty("etag").GetString()!));
        Assert.Equal(HttpStatusCode.OK, right.Status);
        var weak = await _host.Client.SendAsync(
            HttpMethod.Put, "/api/samples/a", """{"name":"a","size":1}""", ("If-Match", "W/" + answer.Json.GetProperty("etag").GetString()!));
        Assert.Equal(412, (int)weak.Status);
    }
}
