using Foundation.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Security;

/// <summary>
/// Lets a request through to its endpoint: finds out who asks, and whether that caller may. An endpoint that declares nothing is open
/// to admins only, so that a forgotten declaration never opens a door.
/// </summary>
internal sealed class CallerMiddleware(RequestDelegate next, KeyDoorkeeper doorkeeper, SecurityInstruments instruments)
{
    private static readonly EndpointAccess Undeclared = new(ScopeRules.Admin);
    private static readonly Caller Anonymous = new("anonymous", Caller.DefaultTenant, new HashSet<string>());

    public async Task InvokeAsync(HttpContext http)
    {
        // Nothing is there, or not with this method: the router's 404 and 405 tell a stranger no more than the API document does.
        if (http.GetEndpoint() is not RouteEndpoint endpoint)
        {
            await next(http);
            return;
        }

        var access = endpoint.Metadata.GetMetadata<EndpointAccess>() ?? Undeclared;
        if (access.Scope is not { } scope)
        {
            http.SetCaller(Anonymous);
            await next(http);
            return;
        }

        var admitted = await doorkeeper.AdmitAsync(http, http.RequestAborted);
        if (admitted.Problem is { } refusal)
        {
            await ApiResults.WriteProblemAsync(http, refusal);
        }
        else if (!admitted.Value.Has(scope))
        {
            instruments.Refused("scope");
            await ApiResults.WriteProblemAsync(http, new Problem(ApiErrors.Forbidden, $"The key does not hold '{scope}'."));
        }
        else
        {
            http.SetCaller(admitted.Value);
            await next(http);
        }
    }
}
