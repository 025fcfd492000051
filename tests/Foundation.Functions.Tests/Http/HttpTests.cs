using System.Net;
using System.Text;
using System.Text.Json;
using Foundation.Functions.Tests.Front;
using Xunit;

namespace Foundation.Functions.Tests.Http;

/// <summary>Requests through the host's router and forwarder to the function, and for comparison without them.</summary>
public abstract class HttpTests : IAsyncLifetime
{
    private Worker _worker = null!;
    private WebJobsFront? _front;
    private HttpClient _client = null!;

    protected abstract bool Fronted { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _worker = await Worker.StartAsync();
        _front = Fronted ? await WebJobsFront.StartAsync(_worker.Address) : null;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, disposeHandler: true)
        {
            BaseAddress = _front?.Address ?? _worker.Address,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client.Dispose();
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        await _worker.DisposeAsync();
        Assert.Empty(_worker.Escaped);
    }

    [Fact]
    public async Task Root_IsTheStartPage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html" } } };
        using var answer = await _client.SendAsync(request, Ct);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PUT", "body")]
    [InlineData("POST", "body")]
    [InlineData("PATCH", "body")]
    [InlineData("DELETE", "")]
    public async Task Verbs_QueriesAndBodies_Arrive_AndTheOuterRouteIsForgotten(string verb, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), "/api/probe/echo/a%20b?x=1&y=%2F");
        if (body.Length > 0)
        {
            request.Content = new StringContent(body);
        }

        using var answer = await _client.SendAsync(request, Ct);

        // Of the outer catch-all's route value "path" nothing is left.
        Assert.Equal($"{verb} a b ?x=1&y=%2F [name] {body}", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task EncodedSlash_StaysInItsSegment()
    {
        Assert.Equal("GET a%2Fb  [name] ", await _client.GetStringAsync("/api/probe/echo/a%2Fb", Ct));
    }

    [Fact]
    public async Task Nowhere_Is404_AndTheWrongVerb405_AsProblems()
    {
        var (missing, code) = await ProblemAsync("/api/nowhere", HttpMethod.Get);
        Assert.Equal((404, "api.not-found"), (missing, code));
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/probe/only-get");
        using var wrong = await _client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrong.StatusCode);
        Assert.Equal(["GET"], wrong.Content.Headers.Allow);
    }

    [Fact]
    public async Task Exception_IsAProblem_NotAnEmpty200()
    {
        Assert.Equal((500, "api.internal"), await ProblemAsync("/api/probe/throw", HttpMethod.Get));
    }

    [Fact]
    public async Task Body_OfTenMebibytes_Is413()
    {
        using var content = new StringContent($$"""{ "name": "{{new string('x', 10 * 1024 * 1024)}}" }""", Encoding.UTF8, "application/json");
        using var answer = await _client.PostAsync("/api/keys", content, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("api.too-large", Code(await answer.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task Body_OfFortyMebibytes_ArrivesWhereItIsWanted()
    {
        using var content = new ByteArrayContent(new byte[40 * 1024 * 1024]);
        using var answer = await _client.PostAsync("/api/probe/count", content, Ct);
        Assert.Equal("41943040", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Answer_OfMegabytes_Arrives() => Assert.Equal(3_000_000, (await _client.GetStringAsync("/api/probe/large", Ct)).Length);

    [Fact]
    public async Task Answer_ThatBreaksInTheMiddle_BreaksForTheCallerToo()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => _client.GetStringAsync("/api/probe/break", Ct));
    }

    [Fact]
    public async Task Stream_ArrivesPieceByPiece_AndItsEndIsNoFailure()
    {
        using (var answer = await _client.GetAsync("/api/probe/stream", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("data: first", await reader.ReadLineAsync(Ct));
        }

        await _worker.Room.Gone.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.DoesNotContain(_worker.Logs.GetSnapshot(), log => log.Exception is not null);
    }

    [Fact]
    public async Task Wait_WhoseCallerLeaves_EndsWithoutAFailure()
    {
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = _client.GetAsync("/api/probe/wait", leaves.Token);
        // The request is under way as soon as a second one has been answered behind it.
        await _client.GetStringAsync("/api/probe/only-get", Ct);
        leaves.CancelAfter(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await _worker.Room.Gone.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        Assert.DoesNotContain(_worker.Logs.GetSnapshot(), log => log.Exception is not null);
    }

    protected async Task<(int Status, string? Code)> ProblemAsync(string path, HttpMethod method)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await _client.SendAsync(request, Ct);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        return ((int)answer.StatusCode, Code(await answer.Content.ReadAsStringAsync(Ct)));
    }

    protected async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await _client.GetAsync(path, Ct);
        return answer.StatusCode;
    }

    private static string? Code(string problem) => JsonElement.Parse(problem).GetProperty("code").GetString();
}

public sealed class DirectHttpTests : HttpTests
{
    protected override bool Fronted => false;
}

public sealed class FrontedHttpTests : HttpTests
{
    protected override bool Fronted => true;

    [Theory]
    [InlineData("/admin/host/status")]
    [InlineData("/runtime/webhooks/durabletask")]
    public async Task HostsOwnPaths_NeverReachTheFunction(string path) => Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path));
}
