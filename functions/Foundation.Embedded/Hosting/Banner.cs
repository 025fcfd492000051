using System.Text;

namespace Foundation.Embedded.Hosting;

/// <summary>What a person reads once the host has started.</summary>
internal static class Banner
{
    private const string Task = """{"type":"hello","data":{"name":"Ada"}}""";

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
            var auth = keysNeeded ? " -H \"authorization: Bearer $FOUNDATION_KEY\"" : "";
            text.AppendLine();
            text.AppendLine("Paste into another terminal: a first task for the built-in agent `hello`, done; what happened to it; what is there.");
            text.AppendLine($"  curl -s '{url}/api/tasks?wait=5s'{auth} -H 'content-type: application/json' -d '{Task}'");
            text.AppendLine($"  curl -s '{url}/api/tasks?limit=1'{auth}");
            text.AppendLine($"  curl -s '{url}/api/services'{auth}");
        }

        text.AppendLine();
        text.Append("Ctrl-C stops.");
        return text.ToString();
    }
}
