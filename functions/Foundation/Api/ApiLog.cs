using Microsoft.Extensions.Logging;

namespace Foundation.Api;

/// <summary>Event ids 1900–1999.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(1900, LogLevel.Error, "{Method} {Path} failed (trace {TraceId})")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, string traceId, Exception error);

    [LoggerMessage(1901, LogLevel.Warning, "{Method} {Path} could not reach the store (trace {TraceId})")]
    public static partial void StoreUnavailable(this ILogger logger, string method, string path, string traceId, Exception error);

    [LoggerMessage(1902, LogLevel.Error, "{Method} {Path} failed after its answer began; the connection is closed (trace {TraceId})")]
    public static partial void AnswerBroken(this ILogger logger, string method, string path, string traceId, Exception error);

    [LoggerMessage(1903, LogLevel.Warning, "The answer to a request with an Idempotency-Key could not be stored; a repeat completes it again")]
    public static partial void IdempotencyNotStored(this ILogger logger, Exception error);
}
