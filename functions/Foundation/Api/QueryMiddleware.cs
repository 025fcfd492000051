using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>
/// Refuses the query of an endpoint that declares no parameters: a mistyped or unknown one must not be ignored in silence. Endpoints
/// with parameters read them by <see cref="ApiQuery"/>, which reports unknown ones together with the other faults.
/// </summary>
internal sealed class QueryMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Request.QueryString.HasValue
        && context.GetEndpoint()?.Metadata.GetMetadata<ApiOperation>() is { Query.Count: 0 }
        && ApiQuery.Unknown(context.Request, []) is { } problem
            ? ApiResults.WriteProblemAsync(context, problem)
            : next(context);
}
