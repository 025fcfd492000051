using Microsoft.AspNetCore.Http;

namespace Foundation.Security;

/// <summary>The caller of a request, as endpoints get it: <c>http.GetCaller()</c>.</summary>
public static class CallerAccess
{
    private static readonly object ItemKey = new();

    /// <summary>Who asks. The pipeline has resolved it before any endpoint runs.</summary>
    public static Caller GetCaller(this HttpContext http) =>
        http.Items.TryGetValue(ItemKey, out var item) && item is Caller caller
            ? caller
            : throw new InvalidOperationException("The request has no caller: UseCallers() is missing from the pipeline.");

    /// <summary>Who asks, or null before it was resolved or where it was refused.</summary>
    public static Caller? FindCaller(this HttpContext http) => http.Items.TryGetValue(ItemKey, out var item) ? item as Caller : null;

    internal static void SetCaller(this HttpContext http, Caller caller) => http.Items[ItemKey] = caller;
}
