using System.Net;

namespace Foundation.Api;

/// <summary>The frame of the few pages that are served as HTML without a script.</summary>
internal static class HtmlPage
{
    /// <summary>A page. The body is HTML already; texts in it are encoded by the caller.</summary>
    public static string Of(string title, string body) => $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{WebUtility.HtmlEncode(title)}}</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        pre { padding: 1rem; overflow-x: auto; border: 1px solid #8888; border-radius: .4rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8884; }
        tr:target { outline: 2px solid currentColor; }
        small { opacity: .7; font-weight: normal; }
        </style>
        </head>
        <body>
        {{body}}
        </body>
        </html>

        """;
}
