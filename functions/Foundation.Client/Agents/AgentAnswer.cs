using System.Globalization;
using Foundation.Retry;
using Foundation.Tasks;
using Microsoft.AspNetCore.Http;

namespace Foundation.Client.Agents;

/// <summary>What a push is answered with; kept, so that a delivery that comes twice is answered the same.</summary>
internal sealed record AgentAnswer(int Status)
{
    private const int DetailMax = 2_000;

    public ReadOnlyMemory<byte> Body { get; private init; }

    public TimeSpan? RetryAfter { get; private init; }

    public TaskUsage? Usage { get; private init; }

    public AgentProblemBody? Problem { get; private init; }

    /// <summary>The result as JSON, for a handler that answers later.</summary>
    public RawJson Result { get; private init; }

    /// <summary>Whether the handler was stopped rather than done.</summary>
    public bool Stopped { get; private init; }

    public static AgentAnswer Accepted { get; } = new(StatusCodes.Status202Accepted);

    public static AgentAnswer NoContent { get; } = new(StatusCodes.Status204NoContent);

    public static AgentAnswer Done(RawJson result, TaskUsage? usage) => result.IsEmpty
        ? new AgentAnswer(StatusCodes.Status204NoContent) { Usage = usage }
        : new AgentAnswer(StatusCodes.Status200OK) { Body = result.Memory, Result = result, Usage = usage };

    /// <summary>Not now: the host gives the task to somebody else, and does not count the attempt.</summary>
    public static AgentAnswer Busy(string code, string detail) => Refuse(StatusCodes.Status503ServiceUnavailable, code, detail) with
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>The handler was stopped by a cancellation or by the agent's end.</summary>
    public static AgentAnswer WasStopped() => Busy("agent.stopped", "The agent stopped before the task was done.") with { Stopped = true };

    public static AgentAnswer Refuse(int status, string code, string detail) => WithProblem(new AgentProblemBody(code, detail, null, null, status));

    public static AgentAnswer Failed(Exception e, TaskUsage? usage) => e switch
    {
        AgentFailureException failure => WithProblem(new AgentProblemBody(failure.Code, Cut(failure.Message), failure.Class, failure.Retryable, 500)) with
        {
            RetryAfter = failure.RetryAfter, Usage = usage,
        },
        _ => WithProblem(new AgentProblemBody("agent." + CodeOf(e), Cut(e.Message), FailureClass.Application, null, 500)) with { Usage = usage },
    };

    public async Task WriteAsync(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = Status;
        if (RetryAfter is { } after)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (Usage is not null)
        {
            response.Headers["Foundation-Usage"] = System.Text.Json.JsonSerializer.Serialize(Usage, ClientJson.Default.TaskUsage);
        }

        if (!Body.IsEmpty)
        {
            response.ContentType = Problem is null ? "application/json" : "application/problem+json";
            response.ContentLength = Body.Length;
            await response.Body.WriteAsync(Body, http.RequestAborted);
        }
    }

    private static AgentAnswer WithProblem(AgentProblemBody problem) => new(problem.Status) { Problem = problem, Body = ClientJson.Bytes(problem) };

    private static string Cut(string text) => Texts.Clip(text, DetailMax);

    // InvalidOperationException is agent.invalid-operation.
    private static string CodeOf(Exception e)
    {
        var name = e.GetType().Name.Split('`')[0];
        return Kebab.Convert(name.EndsWith("Exception", StringComparison.Ordinal) && name.Length > 9 ? name[..^9] : name);
    }
}
