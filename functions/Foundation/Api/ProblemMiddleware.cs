using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foundation.Api;

/// <summary>
/// The outermost middleware: whatever goes wrong inside becomes one problem and one log entry, and nothing escapes. (Behind the
/// Functions host an escaped exception would be an empty 200 turned into a bare 500.)
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    private static readonly TimeSpan StoreRetryAfter = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        TraceContext.Announce(context);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
            if (BareRefusal(context) is { } refusal) await ApiResults.WriteProblemAsync(context, refusal);
        }
#pragma warning disable CA1031 // The one place where everything ends.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await AnswerAsync(context, e);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception error)
    {
        // The caller is gone: a closed stream or a cancelled wait is no failure, and nobody reads an answer.
        if (context.RequestAborted.IsCancellationRequested) return;
        var problem = ToProblem(error);
        Log(context, problem, error);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var announced = context.Response.Headers.TraceParent;
        context.Response.Clear();
        context.Response.Headers.TraceParent = announced;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await ApiResults.WriteProblemAsync(context, problem);
    }

    private static Problem ToProblem(Exception error) => error switch
    {
        StoreUnavailableException => new Problem(ApiErrors.StoreUnavailable) { RetryAfter = StoreRetryAfter },
        BadHttpRequestException bad => new Problem(HttpErrors.Of(bad.StatusCode) ?? HttpErrors.BadRequest, bad.Message),
        OperationCanceledException or TimeoutException => new Problem(ApiErrors.Timeout),
        _ => new Problem(ApiErrors.Internal),
    };

    private void Log(HttpContext context, Problem problem, Exception error)
    {
        var (method, path, trace) = (context.Request.Method, context.Request.Path.Value ?? "/", TraceContext.IdOf(context));
        if (context.Response.HasStarted) logger.AnswerBroken(method, path, trace, error);
        else if (problem.Error == ApiErrors.StoreUnavailable) logger.StoreUnavailable(method, path, trace, error);
        else if (problem.Error.Status >= StatusCodes.Status500InternalServerError) logger.RequestFailed(method, path, trace, error);
    }

    // What routing and the framework answer with a status alone.
    private static Problem? BareRefusal(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentLength is not null || response.ContentType is not null) return null;
        var detail = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {Texts.Clip(context.Request.Path.Value ?? "/", 200)}.",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not one of {response.Headers.Allow}.",
            _ => null,
        };
        return HttpErrors.Of(response.StatusCode) is { } error ? new Problem(error, detail) : null;
    }
}
