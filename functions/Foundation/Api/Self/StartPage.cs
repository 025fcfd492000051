using System.Net;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary><c>/</c>: what this is, and three lines to paste.</summary>
internal static class StartPage
{
    public static IResult Show(HttpContext context)
    {
        var request = context.Request;
        var url = $"{request.Scheme}://{request.Host}";
        context.Response.Headers.Vary = "Accept";
        return MediaTypes.PrefersHtml(request)
            ? MediaTypes.Html(Html(url))
            : Results.Text(Text(url), "text/plain; charset=utf-8");
    }

    /// <summary>The lines that submit a first task and see it done.</summary>
    public static IReadOnlyList<string> Lines(string url) =>
    [
        $"curl {url}/api/version",
        $$"""curl "{{url}}/api/tasks?wait=10s" -H "Content-Type: application/json" -d '{ "type": "hello", "data": { "name": "you" } }'""",
        $"curl {url}/api/tasks",
    ];

    private static string Text(string url) => $"""
        Foundation {VersionEndpoints.Product}: durable tasks, guards, registry and the rest of what a fleet of agents needs, behind one HTTP API.

        Three lines to paste:

          {string.Join("\n  ", Lines(url))}

        API {url}/docs   OpenAPI {url}/openapi.json   errors {url}/errors   health {url}/health/ready   metrics {url}/metrics

        """;

    private static string Html(string url) => HtmlPage.Of("Foundation", $"""
        <h1>Foundation <small>{WebUtility.HtmlEncode(VersionEndpoints.Product)}</small></h1>
        <p>Durable tasks, guards, registry and the rest of what a fleet of agents needs, behind one HTTP API.</p>
        <p>Three lines to paste:</p>
        <pre>{WebUtility.HtmlEncode(string.Join("\n", Lines(url)))}</pre>
        <p><a href="/docs">API</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/errors">errors</a> ·
        <a href="/health/ready">health</a> · <a href="/metrics">metrics</a></p>
        """);
}
