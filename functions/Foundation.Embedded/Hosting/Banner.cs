using System.Text;
using Foundation.Api;

namespace Foundation.Embedded.Hosting;

/// <summary>What a person reads once the host has started.</summary>
internal static class Banner
{
    public static string Of(EmbeddedSettings settings, IReadOnlyList<string> addresses, bool keysNeeded, string version)
    {
        var url = addresses[0];
        var text = new StringBuilder();
        text.AppendLine($"Foundation {version}");
        text.AppendLine($"  API    {string.Join("  ", addresses)}{(keysNeeded ? "   (a key is needed)" : "   (no keys yet: callers on this machine may do everything)")}");
        text.AppendLine($"  Docs   {url}/docs");
        text.AppendLine($"  Data   {(settings.KeepsData ? settings.Data : "in memory: gone when this process ends")}");
        if (settings.Samples)
        {
            text.AppendLine();
            text.AppendLine("Three lines to paste into another terminal; the second is a first task, done by the built-in agent `hello`:");
            foreach (var line in StartPage.Lines(url))
            {
                text.AppendLine("  " + (keysNeeded ? line.Replace("curl ", "curl -H \"Authorization: Bearer $FOUNDATION_KEY\" ", StringComparison.Ordinal) : line));
            }
        }

        text.AppendLine();
        text.Append("Ctrl-C stops.");
        return text.ToString();
    }
}
