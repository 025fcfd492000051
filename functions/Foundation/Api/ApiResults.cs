using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>What endpoints answer with.</summary>
internal static class ApiResults
{
    /// <summary>A problem (RFC 9457) with everything that API.md names.</summary>
    public static IResult Problem(Problem problem) => new ProblemResult(problem);

    /// <summary>Writes a problem from a place that has no result, such as a middleware.</summary>
    public static Task WriteProblemAsync(HttpContext context, Problem problem) => new ProblemResult(problem).ExecuteAsync(context);

    /// <summary>
    /// A JSON value. With an ETag, a GET whose <c>If-None-Match</c> names it is answered 304.
    /// </summary>
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string? etag = null, string? location = null) =>
        new JsonResult<T>(value, type, status, etag, location);

    /// <summary>As above, with the ETag of a row.</summary>
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, RowVersion version, int status = StatusCodes.Status200OK, string? location = null) =>
        new JsonResult<T>(value, type, status, ETags.Of(version), location);

    /// <summary>JSON that is bytes already.</summary>
    public static IResult Raw(RawJson json, int status = StatusCodes.Status200OK, string? etag = null) => new RawResult(json, status, etag);

    /// <summary>A page: <c>{ "items": [], "next"? }</c>, its cursor sealed.</summary>
    public static IResult Page<T>(Page<T> page, JsonTypeInfo<T> item) => new PageResult<T>(page, item);

    /// <summary>A watch: a page of changes after <paramref name="wait"/> at the latest, or server-sent events.</summary>
    public static IResult Watch<T>(WatchSource<T> source, JsonTypeInfo<T> type, string? after, TimeSpan? wait) =>
        new WatchResult<T>(source, type, after, wait);

    /// <summary>The answer to <c>?count=only</c>.</summary>
    public static IResult Count(long count, bool exact) => Json(new CountAnswer(count, exact), ApiJson.Default.CountAnswer);

    /// <summary>204.</summary>
    public static IResult NoContent() => Results.NoContent();

    /// <summary>The value as JSON, or the problem.</summary>
    public static IResult ToResult<T>(this Outcome<T> outcome, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        outcome.Problem is { } problem ? Problem(problem) : Json(outcome.Value, type, status);

    /// <summary>What the function makes of the value, or the problem.</summary>
    public static IResult ToResult<T>(this Outcome<T> outcome, Func<T, IResult> answer) =>
        outcome.Problem is { } problem ? Problem(problem) : answer(outcome.Value);
}
