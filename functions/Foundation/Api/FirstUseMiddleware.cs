using Foundation.Security;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>Has the core loaded before an endpoint that needs it; what answers strangers (health, documents) does not wait for storage.</summary>
internal sealed class FirstUseMiddleware(RequestDelegate next, FoundationHost host)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<EndpointAccess>() is not { Scope: null })
        {
            await host.EnsureLoadedAsync(context.RequestAborted);
        }

        await next(context);
    }
}
