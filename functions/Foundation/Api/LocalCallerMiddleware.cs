using System.Net;
using Foundation.Security;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>A host without keys: whoever is on this machine may do everything, nobody else anything.</summary>
internal sealed class LocalCallerMiddleware(RequestDelegate next)
{
    private static readonly Caller Local = new("local", Caller.DefaultTenant, new HashSet<string> { "*" });

    public Task InvokeAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is not null && !IPAddress.IsLoopback(address) && context.GetEndpoint()?.Metadata.GetMetadata<EndpointAccess>() is { Scope: not null })
        {
            return ApiResults.WriteProblemAsync(
                context, new Problem(ApiErrors.Unauthorized, "This host has no keys and answers callers on its own machine only."));
        }

        context.SetCaller(Local);
        return next(context);
    }
}
