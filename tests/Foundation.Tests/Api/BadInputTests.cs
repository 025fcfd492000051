using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Foundation.Tests.Hosting;
using Xunit;

namespace Foundation.Tests.Api;

public sealed class BadInputTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(f => f.AddRoom<SampleRoom>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_WhenGood_AnswersTheBody()
    {
        var answer = await _host.Client.PostAsync("/api/samples", """{"name":"a","size":1,"color":"dark-blue","delay":"90s","data":{"x":1.50}}""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("""{"name":"a","size":1,"color":"dark-blue","delay":"90s","data":{"x":1.50}}""", answer.Text);
        Assert.Equal("/api/samples/a", answer.Headers.Location?.ToString());
        Assert.Equal("application/json", answer.MediaType);
    }

    [Theory]
    [InlineData("{", "api.invalid-json", 400)]
    [InlineData("", "api.invalid-json", 400)]
    [InlineData("{\"name\":\"a\",\"size\":1} x", "api.invalid-json", 400)]
    [InlineData("null", "api.invalid", 422)]
    [InlineData("[]", "api.invalid", 422)]
    [InlineData("{\"name\":\"a\",\"size\":\"1\"}", "api.invalid", 422)]
    public async Task Post_WhenBodyIsWrong_IsRefused(string body, string code, int status)
    {
        var answer = await _host.Client.PostAsync("/api/samples", body);
        Assert.Equal((code, status), (answer.Code, (int)answer.Status));
        Assert.Equal("application/problem+json", answer.MediaType);
    }

    [Fact]
    public async Task Post_WhenManyFaults_ListsAllOfThem()
    {
        var answer = await _host.Client.PostAsync("/api/samples", """{"nam":"a","size":"1","color":"dark-blu","delay":"-3s"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(
            ["/color api.invalid-value", "/delay api.invalid-value", "/nam api.unknown-member", "/name api.missing-member", "/size api.invalid-type"],
            answer.Faults);
        Assert.Contains("Did you mean 'name'?", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'dark-blue'?", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_When10MiB_Is413AndTheHostLives(bool chunked)
    {
        using var content = new StreamContent(new MemoryStream(new byte[10 * 1024 * 1024]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/samples") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var client = _host.CreateClient();
        // Asks first, so that the refusal is read although the body is not.
        request.Headers.ExpectContinue = !chunked;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await HttpAnswer.ReadAsync(response);
        Assert.Equal(("api.too-large", 413), (answer.Code, (int)answer.Status));
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.ReadAsync("/api/samples")).Status);
    }

    [Fact]
    public async Task Post_WhenJustWithinTheLimit_IsRead()
    {
        var json = $$"""{"name":"{{new string('x', (1024 * 1024) - 20)}}","size":1}""";
        Assert.Equal(1024 * 1024, json.Length);
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.PostAsync("/api/samples/x/pause", json)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _host.Client.PostAsync("/api/samples/x/pause", json + " ")).Status);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("", 415)]
    [InlineData("application/json; charset=\"UTF-8\"", 201)]
    [InlineData("application/merge-patch+json", 201)]
    [InlineData("APPLICATION/JSON", 201)]
    public async Task Post_ByMediaType_IsRefusedOrRead(string mediaType, int status)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"name":"a","size":1}"""));
        if (mediaType.Length > 0) content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        using var response = await _host.Client.PostAsync(new Uri("/api/samples", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Post_WhenBodyIsOptional_TakesNoneOrOne()
    {
        var without = await _host.Client.SendAsync(HttpMethod.Post, "/api/samples/x/pause");
        Assert.Equal(("x", HttpStatusCode.OK), (without.Json.GetProperty("name").GetString(), without.Status));
        var with = await _host.Client.PostAsync("/api/samples/x/pause", """{"name":"y","size":1}""");
        Assert.Equal("y", with.Json.GetProperty("name").GetString());
        Assert.Equal("api.invalid", (await _host.Client.PostAsync("/api/samples/x/pause", """{"nome":"y","size":1}""")).Code);
    }

    [Fact]
    public async Task Query_WhenManyFaults_ListsAllOfThem()
    {
        var answer = await _host.Client.ReadAsync(
            "/api/samples?limt=3&limit=0&since=yesterday&label=nocolon&sort=size&count=all&wait=61s&color=redd&until=2026-01-01T00:00:00Z");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(
            [
                "?color api.invalid-value", "?count api.invalid-value", "?label api.invalid-value", "?limit api.invalid-value",
                "?limt api.unknown-member", "?since api.invalid-value", "?sort api.invalid-value", "?wait api.invalid-value",
            ],
            answer.Faults);
        Assert.Contains("Did you mean 'limit'?", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/samples/a?dryRun=true", "?dryRun api.unknown-member")]
    [InlineData("/api/samples?limit=1&limit=2", "?limit api.invalid-value")]
    [InlineData("/api/samples?limit=1001", "?limit api.invalid-value")]
    [InlineData("/api/samples?limit=-1", "?limit api.invalid-value")]
    public async Task Query_WhenWrong_IsRefused(string path, string fault)
    {
        var answer = await _host.Client.ReadAsync(path);
        Assert.Equal([fault], answer.Faults);
    }
}
