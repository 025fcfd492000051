using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>The problem that a request was answered with, for whoever looks at it afterwards.</summary>
internal sealed record AnsweredProblem(Problem Problem);

/// <summary>Writes a problem as <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "type", "title", "status", "detail", "hint", "code", "severity", "category", "retry", "traceId", "errors", "instance",
    };

    public Problem Problem => problem;

    public int? StatusCode => problem.Error.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Features.Set(new AnsweredProblem(problem));
        var response = httpContext.Response;
        response.StatusCode = problem.Error.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } after)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Error.Status == StatusCodes.Status401Unauthorized && response.Headers.WWWAuthenticate.Count == 0)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        var body = ToJson(problem, TraceContext.IdOf(httpContext));
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method)) await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <summary>The body. Items of many (<c>submit { items }</c>) stand in the same form, without a trace of their own.</summary>
    public static ReadOnlyMemory<byte> ToJson(Problem problem, string? traceId)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, JsonBody.Options)) Write(writer, problem, traceId);
        return buffer.WrittenMemory;
    }

    /// <summary>Writes the problem as one JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, Problem problem, string? traceId)
    {
        var error = problem.Error;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "/errors#" + error.Code);
        writer.WriteString("title"u8, error.Title);
        writer.WriteNumber("status"u8, error.Status);
        writer.WriteString("detail"u8, problem.Detail ?? error.Title);
        writer.WriteString("hint"u8, error.Hint);
        writer.WriteString("code"u8, error.Code);
        writer.WriteString("severity"u8, Kebab.Name(error.Severity));
        writer.WriteString("category"u8, Kebab.Name(error.Category));
        writer.WriteStartObject("retry"u8);
        writer.WriteBoolean("allowed"u8, error.Retry == RetryAdvice.Later || problem.RetryAfter is not null);
        if (problem.RetryAfter is { } after) writer.WriteString("after"u8, Durations.Format(after));
        writer.WriteEndObject();
        if (traceId is not null) writer.WriteString("traceId"u8, traceId);
        WriteFaults(writer, problem.Faults);
        foreach (var (name, value) in problem.Extensions)
        {
            if (!Reserved.Contains(name)) writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteFaults(Utf8JsonWriter writer, IReadOnlyList<Fault> faults)
    {
        if (faults.Count == 0) return;
        writer.WriteStartArray("errors"u8);
        foreach (var fault in faults)
        {
            writer.WriteStartObject();
            writer.WriteString("path"u8, fault.Path);
            writer.WriteString("code"u8, fault.Code);
            writer.WriteString("message"u8, fault.Message);
            if (fault.Hint is not null) writer.WriteString("hint"u8, fault.Hint);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
