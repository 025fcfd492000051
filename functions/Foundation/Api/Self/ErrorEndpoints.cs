using System.Globalization;
using System.Net;
using System.Text;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Api;

/// <summary><c>/errors</c>: every refusal that this host can answer; the <c>type</c> of a problem points into it.</summary>
internal static class ErrorEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/errors", Show).AllowWithoutKey()
        .Operation("listErrors", "Every error code", "The table behind the `type` of each problem; HTML for browsers.")
        .Answers(
            200, ApiJson.Default.ItemPageErrorAnswer, "The error table",
            """
            { "items": [ { "code": "api.not-found", "status": 404, "title": "There is nothing at this path.",
              "hint": "See /openapi.json for the paths of this host.", "severity": "low", "category": "data", "retryAllowed": false } ] }
            """);

    /// <summary>All errors of these rooms, by code.</summary>
    public static IReadOnlyList<ErrorCode> Table(IEnumerable<IRoom> rooms) =>
        [.. rooms.SelectMany(room => room.Info.Errors).OrderBy(error => error.Code, StringComparer.Ordinal)];

    /// <summary>The table as <c>docs/errors.md</c>.</summary>
    public static string Markdown(IReadOnlyList<ErrorCode> errors)
    {
        var text = new StringBuilder("""
            # Error codes

            Generated from the error table of the rooms; a test compares this page with it. A running host serves the same at `/errors`.
            Every refusal is a problem (RFC 9457) with one of these codes. *Retry*: the same request may succeed later.

            | code | status | meaning | what to do | severity | category | retry |
            |---|---|---|---|---|---|---|

            """);
        foreach (var e in errors)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| <a id=\"{e.Code}\"></a>`{e.Code}` | {e.Status} | {Cell(e.Title)} | {Cell(e.Hint)} | {Kebab.Name(e.Severity)} | {Kebab.Name(e.Category)} | {Retry(e)} |\n");
        }

        return text.ToString();
    }

    private static IResult Show(HttpContext context, RoomDirectory directory)
    {
        var errors = Table(directory.Rooms);
        context.Response.Headers.Vary = "Accept";
        return MediaTypes.PrefersHtml(context.Request)
            ? MediaTypes.Html(Html(errors))
            : ApiResults.Json(new ItemPage<ErrorAnswer>([.. errors.Select(ToAnswer)]), ApiJson.Default.ItemPageErrorAnswer);
    }

    private static ErrorAnswer ToAnswer(ErrorCode e) =>
        new(e.Code, e.Status, e.Title, e.Hint, Kebab.Name(e.Severity), Kebab.Name(e.Category), e.Retry == RetryAdvice.Later);

    private static string Html(IReadOnlyList<ErrorCode> errors)
    {
        var rows = new StringBuilder();
        foreach (var e in errors)
        {
            rows.Append(
                CultureInfo.InvariantCulture,
                $"<tr id=\"{e.Code}\"><td><code>{e.Code}</code><td>{e.Status}<td>{Text(e.Title)}<br><small>{Text(e.Hint)}</small>");
            rows.Append(CultureInfo.InvariantCulture, $"<td>{Kebab.Name(e.Severity)}<td>{Kebab.Name(e.Category)}<td>{Retry(e)}</tr>\n");
        }

        return HtmlPage.Of("Foundation: errors", $"""
            <h1>Error codes</h1>
            <p>Every refusal is a problem (RFC 9457) with one of these codes. Retry: the same request may succeed later.</p>
            <table><thead><tr><th>code<th>status<th>meaning and what to do<th>severity<th>category<th>retry</tr></thead>
            <tbody>
            {rows}</tbody></table>
            """);
    }

    private static string Retry(ErrorCode e) => e.Retry == RetryAdvice.Later ? "later" : "no";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
