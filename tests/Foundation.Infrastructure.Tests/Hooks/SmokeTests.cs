using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foundation.Infrastructure.Tests.Hooks;

/// <summary>infra/smoke.sh walks the API's contract; here a stand-in answers as docs say, once well and once badly.</summary>
public sealed class SmokeTests
{
    [Fact]
    public async Task Smoke_WhenTheTaskSucceeds_ExitsWithZero()
    {
        var (result, seen) = await RunAsync(endsAs: "succeeded");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("status: succeeded", result.Output, StringComparison.Ordinal);
        Assert.StartsWith("PUT /api/services/smoke-", seen[0], StringComparison.Ordinal);
        Assert.Equal(
            [
                "POST /api/tasks", "POST /api/tasks/lease", "POST /api/tasks/lease",
                "POST /api/tasks/task_1/complete", "GET /api/tasks/task_1",
            ],
            seen.Skip(1));
    }

    [Fact]
    public async Task Smoke_WhenTheTaskEndsOtherwise_Fails()
    {
        var (result, _) = await RunAsync(endsAs: "dead-lettered");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("status: dead-lettered", result.Output, StringComparison.Ordinal);
    }

    private static async Task<(CommandResult Result, List<string> Seen)> RunAsync(string endsAs)
    {
        Assert.SkipUnless(Command.Find("sh") is not null && Command.Find("curl") is not null, "sh or curl is not installed here.");
        var seen = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(context =>
        {
            Assert.Equal("Bearer the-key", context.Request.Headers.Authorization);
            seen.Enqueue($"{context.Request.Method} {context.Request.Path}");
            return context.Response.WriteAsync(Answer(context.Request, seen, endsAs));
        });
        await server.StartAsync(TestContext.Current.CancellationToken);

        var result = await Command.RunAsync("sh", [Repository.PathOf("infra/smoke.sh"), $"{server.Urls.Single()}/", "the-key"]);
        return (result, [.. seen]);
    }

    private static string Answer(HttpRequest request, ConcurrentQueue<string> seen, string endsAs) =>
        (request.Method, request.Path.Value) switch
        {
            ("POST", "/api/tasks") => """{"id":"task_1","type":"t","queue":"default","status":"queued","ended":false}""",
            // The first poll comes back empty: nobody promises that a wake-up is there at once.
            ("POST", "/api/tasks/lease") when seen.Count(line => line.EndsWith("/lease", StringComparison.Ordinal)) == 1
                => """{"items":[]}""",
            ("POST", "/api/tasks/lease") => """{"items":[{"task":{"id":"task_1","status":"running"},"token":"token-1"}]}""",
            ("GET", "/api/tasks/task_1") => $$"""{"id":"task_1","status":"{{endsAs}}","result":{"status":"its own"} }""",
            _ => "{}",
        };
}
