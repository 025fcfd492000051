using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Foundation.Api;

/// <summary>Which representation a caller prefers.</summary>
internal static class MediaTypes
{
    /// <summary>Whether <c>text/html</c> is named in <c>Accept</c> and not behind JSON or plain text.</summary>
    public static bool PrefersHtml(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        var html = Quality(accept, MediaTypeNames.Text.Html);
        return html > 0 && html >= Quality(accept, MediaTypeNames.Application.Json) && html >= Quality(accept, MediaTypeNames.Text.Plain);
    }

    /// <summary>An HTML page that loads nothing from elsewhere.</summary>
    public static IResult Html(string html) => new HtmlResult(html);

    // A range such as */* is not a wish for HTML: curl sends it.
    private static double Quality(IList<MediaTypeHeaderValue> accept, string mediaType)
    {
        var best = 0.0;
        foreach (var range in accept)
        {
            if (range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)) best = Math.Max(best, range.Quality ?? 1);
        }

        return best;
    }

    private sealed class HtmlResult(string html) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var bytes = Encoding.UTF8.GetBytes(html);
            httpContext.Response.ContentType = "text/html; charset=utf-8";
            httpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
            httpContext.Response.Headers.Vary = "Accept";
            httpContext.Response.ContentLength = bytes.Length;
            return httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
        }
    }
}
