using System.Buffers;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Foundation.Retry;

namespace Foundation.Tasks.Delivery;

/// <summary>What an agent's answer means.</summary>
internal static class DeliveryAnswer
{
    private const string UsageHeader = "Foundation-Usage";

    public static async ValueTask<DeliveryOutcome> ReadAsync(HttpResponseMessage response, int bytesMax, DateTimeOffset now, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        switch (response.StatusCode)
        {
            case HttpStatusCode.Accepted:
                return new DeliveryOutcome.Accepted();
            case HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable:
                return new DeliveryOutcome.Busy(RetryAfter(response, now), $"the agent is busy ({status})");
            case >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices:
                return await ResultAsync(response, bytesMax, ct);
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                return Failed(FailureClass.Client, "tasks.answer-redirect", $"the agent answered {status}; redirects are not followed", status);
            default:
                return await FailureAsync(response, status, bytesMax, now, ct);
        }
    }

    public static DeliveryOutcome.Failed Failed(FailureClass kind, string code, string detail, int? status = null) => new(
        new Failure { Class = kind, Code = code, StatusCode = status },
        new TaskProblem { Code = code, Class = Kebab.Name(kind), Detail = TaskTransitions.Cut(detail), Status = status }, null);

    private static async ValueTask<DeliveryOutcome> ResultAsync(HttpResponseMessage response, int bytesMax, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var usage = UsageOf(response);
        if (await BodyAsync(response, bytesMax, ct) is not { } body)
        {
            return Failed(FailureClass.Client, "tasks.answer-too-large", $"the agent's answer has more than {Sizes.Format(bytesMax)}", status);
        }

        if (body.Length == 0)
        {
            return new DeliveryOutcome.Completed(default, usage);
        }

        return RawJson.TryParse(body, out var json, out var reason)
            ? new DeliveryOutcome.Completed(json, usage)
            : Failed(FailureClass.Server, "tasks.answer-not-json", $"the agent's answer is not JSON: {reason}", status);
    }

    private static async ValueTask<DeliveryOutcome> FailureAsync(
        HttpResponseMessage response, int status, int bytesMax, DateTimeOffset now, CancellationToken ct)
    {
        var told = ProblemOf(await BodyAsync(response, Math.Min(bytesMax, 64 * 1024), ct));
        var kind = told?.Class ?? FailureClasses.OfStatus(status) ?? FailureClass.Server;
        var code = TaskTransitions.Cut(told?.Code ?? $"http.{status}", TaskLimits.CodeMax);
        var detail = told?.Detail ?? told?.Title ?? $"the agent answered {status} {response.ReasonPhrase}";
        var failure = new Failure { Class = kind, Code = code, StatusCode = status, Retryable = told?.Retryable, RetryAfter = RetryAfter(response, now) };
        var problem = new TaskProblem { Code = code, Class = Kebab.Name(kind), Detail = TaskTransitions.Cut(detail), Status = status };
        return new DeliveryOutcome.Failed(failure, problem, UsageOf(response));
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > now => date - now,
        _ => null,
    };

    // Null: more than allowed. An endless body is cut off here, and its connection is closed with the response.
    private static async ValueTask<ReadOnlyMemory<byte>?> BodyAsync(HttpResponseMessage response, int bytesMax, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > bytesMax)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>((int)Math.Max(256, response.Content.Headers.ContentLength ?? 4_096));
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        int read;
        while ((read = await stream.ReadAsync(buffer.GetMemory(4_096), ct)) > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > bytesMax)
            {
                return null;
            }
        }

        return buffer.WrittenMemory;
    }

    private static TaskUsage? UsageOf(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(UsageHeader, out var values))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(values.First(), DeliveryJson.Default.TaskUsage);
        }
        catch (JsonException)
        {
            // What an agent says of its consumption never decides about its work.
            return null;
        }
    }

    private static AgentProblem? ProblemOf(ReadOnlyMemory<byte>? body)
    {
        if (body is not { Length: > 0 } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(json.Span, DeliveryJson.Default.AgentProblem);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>A problem body as agents send it; other members are ignored.</summary>
internal sealed record AgentProblem(string? Code, string? Title, string? Detail, FailureClass? Class, bool? Retryable);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AgentProblem))]
[JsonSerializable(typeof(TaskUsage))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
