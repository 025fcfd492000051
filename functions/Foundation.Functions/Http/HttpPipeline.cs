using Foundation.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.Http;

/// <summary>
/// The pipeline that every host of the core runs, for whole requests. Nothing leaves it: an exception that did would be an empty 200 of
/// the worker, and a failed invocation.
/// </summary>
internal sealed class HttpPipeline(IServiceProvider services, ILogger<HttpPipeline> logger)
{
    private readonly Lazy<RequestDelegate> _inner = new(() => FoundationPipeline.BuildFoundation(services));

    public async Task RunAsync(HttpContext context)
    {
        try
        {
            await _inner.Value(context);
        }
#pragma warning disable CA1031 // The pipeline turns failures into problems itself; what comes here could not even be written.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The caller is gone, or half an answer is: closing the connection is all that can still be told.
            if (!context.RequestAborted.IsCancellationRequested)
            {
                logger.AnswerLost(context.Request.Method, context.Request.Path, e);
                context.Abort();
            }
        }
    }
}
