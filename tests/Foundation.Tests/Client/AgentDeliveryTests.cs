extern alias client;

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using client::Foundation.Client;
using client::Foundation.Tasks;
using Foundation.Tests.Hosting;
using Xunit;

namespace Foundation.Tests.Client;

/// <summary>What an agent answers to deliveries that a test sends itself: doubled, forged, old, malformed.</summary>
public sealed class AgentDeliveryTests
{
    private const string Variable = "FOUNDATION_SECRET_CLIENT_TESTS";
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task TheHostsOwnSignature_IsAccepted()
    {
        Environment.SetEnvironmentVariable(Variable, Secret);
        await using var fleet = await AgentFleet.StartAsync();
        await using var agent = await fleet.AgentAsync(a => a.SignedWith("env:" + Variable).Handle("echo", t => t.Id));

        var done = await fleet.Client.SubmitAsync(new TaskRequest { Type = "echo" }, Patience, ct: TestContext.Current.CancellationToken);

        Assert.Equal(AgentTaskStatus.Succeeded, done.Status);
    }

    [Theory]
    [InlineData("none", HttpStatusCode.Unauthorized)]
    [InlineData("good", HttpStatusCode.OK)]
    [InlineData("second", HttpStatusCode.OK)]
    [InlineData("body", HttpStatusCode.Unauthorized)]
    [InlineData("attempt", HttpStatusCode.Unauthorized)]
    [InlineData("cancel", HttpStatusCode.Unauthorized)]
    [InlineData("old", HttpStatusCode.Unauthorized)]
    [InlineData("secret", HttpStatusCode.Unauthorized)]
    public async Task Signature_IsVerified(string how, HttpStatusCode expected)
    {
        Environment.SetEnvironmentVariable(Variable, Secret);
        await using var fleet = await AgentFleet.StartAsync();
        var ran = 0;
        await using var agent = await fleet.AgentAsync(a => a.SignedWith("env:" + Variable).Handle("echo", _ => Interlocked.Increment(ref ran)));
        var at = TimeProvider.System.GetUtcNow() - (how == "old" ? TimeSpan.FromMinutes(6) : TimeSpan.Zero);
        var signature = Sign(how == "secret" ? "whsec_AAAA" : Secret, "task_1.1", at, "{}");
        using var request = Delivery(agent.Endpoint, "task_1", how == "attempt" ? 2 : 1, how == "body" ? "[]" : "{}", how == "cancel" ? "foundation.task.cancel" : "echo");
        if (how != "none")
        {
            request.Headers.Add("webhook-id", "task_1.1");
            request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", how == "second" ? "v1,AAAA " + signature : signature);
        }

        using var http = fleet.Host.CreateClient();
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, ran);
    }

    [Fact]
    public async Task DuplicateDelivery_RunsOnce_AndIsAnsweredTheSame()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var (ran, go) = (0, new TaskCompletionSource());
        await using var agent = await fleet.AgentAsync(a => a.Handle("echo", async t =>
        {
            var n = Interlocked.Increment(ref ran);
            await go.Task.WaitAsync(Patience, TimeProvider.System);
            return $"{t.Attempt}/{n}";
        }));
        using var http = fleet.Host.CreateClient();

        var first = SendAsync(http, agent, "task_1", 1);
        var second = SendAsync(http, agent, "task_1", 1);
        while (agent.Running == 0)
        {
            await Task.Yield();
        }

        go.SetResult();
        Assert.Equal(["\"1/1\"", "\"1/1\""], new[] { await first, await second });
        Assert.Equal("\"1/1\"", await SendAsync(http, agent, "task_1", 1));
        Assert.Equal("\"2/2\"", await SendAsync(http, agent, "task_1", 2));
        Assert.Equal(2, ran);
    }

    [Fact]
    public async Task OneOfTwoRequestsClosed_DoesNotStopTheRun()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var agent = await fleet.AgentAsync(a => a.Handle("echo", async t =>
        {
            begun.TrySetResult();
            await go.Task.WaitAsync(Patience, TimeProvider.System, t.Cancellation);
            return "done";
        }));
        using var http = fleet.Host.CreateClient();
        using var closing = new CancellationTokenSource();
        using var request = Delivery(agent.Endpoint, "task_1", 1, "{}");
        var first = http.SendAsync(request, closing.Token);
        await begun.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        var second = SendAsync(http, agent, "task_1", 1);
        // The second has joined when a third delivery is answered while it waits.
        using (var third = Delivery(agent.Endpoint, "task_2", 1, "{", "echo"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(third, TestContext.Current.CancellationToken)).StatusCode);
        }

        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();

        Assert.Equal("\"done\"", await second);
    }

    [Fact]
    public async Task MoreThanItsRoom_IsBusy()
    {
        await using var fleet = await AgentFleet.StartAsync();
        var go = new TaskCompletionSource();
        await using var agent = await fleet.AgentAsync(a =>
        {
            a.MaxConcurrency = 1;
            a.Handle("echo", async _ => { await go.Task.WaitAsync(Patience, TimeProvider.System); return 1; });
        });
        using var http = fleet.Host.CreateClient();
        var first = SendAsync(http, agent, "task_1", 1);
        while (agent.Running == 0)
        {
            await Task.Yield();
        }

        using var more = Delivery(agent.Endpoint, "task_2", 1, "{}");
        using var answer = await http.SendAsync(more, TestContext.Current.CancellationToken);
        go.SetResult();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (answer.StatusCode, answer.Headers.RetryAfter?.Delta));
        Assert.Equal("1", await first);
    }

    private static async Task<string> SendAsync(HttpClient http, FoundationAgent agent, string id, int attempt)
    {
        using var request = Delivery(agent.Endpoint, id, attempt, "{}");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage Delivery(Uri endpoint, string id, int attempt, string body, string type = "echo")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("ce-specversion", "1.0");
        request.Headers.Add("ce-id", id);
        request.Headers.Add("ce-type", type);
        request.Headers.Add("ce-source", "/queues/default");
        request.Headers.Add("ce-attempt", attempt.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("ce-token", "token");
        return request;
    }

    // Written again from the standard, so that a mistake in the product's own signer is seen.
    private static string Sign(string secret, string id, DateTimeOffset at, string body) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(
        Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{at.ToUnixTimeSeconds()}.{body}")));
}
