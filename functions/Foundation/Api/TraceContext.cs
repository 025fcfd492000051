using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>The trace of a request (W3C Trace Context).</summary>
internal static class TraceContext
{
    /// <summary>The trace id: of the activity, else of the incoming header, else the server's name of the request.</summary>
    public static string IdOf(HttpContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity) return activity.TraceId.ToHexString();
        return ActivityContext.TryParse(context.Request.Headers.TraceParent, null, out var parent)
            ? parent.TraceId.ToHexString()
            : context.TraceIdentifier;
    }

    /// <summary>Tells the caller the trace that its request belongs to.</summary>
    public static void Announce(HttpContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id }) context.Response.Headers.TraceParent = id;
    }
}
