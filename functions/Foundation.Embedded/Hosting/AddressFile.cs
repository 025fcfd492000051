namespace Foundation.Embedded.Hosting;

/// <summary>
/// <c>foundation.url</c> in the data folder: where the host that holds the folder is reached, so that commands on the folder find it.
/// Only a hint: it may be stale after a kill, and nothing but a command of the same user reads it.
/// </summary>
internal static class AddressFile
{
    private const string Name = "foundation.url";

    public static void Write(EmbeddedSettings settings, string url)
    {
        if (settings.KeepsData)
        {
            Try(() => File.WriteAllText(Path.Combine(settings.Data, Name), url));
        }
    }

    public static void Delete(EmbeddedSettings settings)
    {
        if (settings.KeepsData)
        {
            Try(() => File.Delete(Path.Combine(settings.Data, Name)));
        }
    }

    public static string? Read(string folder)
    {
        string? url = null;
        Try(() => url = File.ReadAllText(Path.Combine(folder, Name)).Trim());
        return url is { Length: > 0 } ? url : null;
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the hint a command says that the folder is in use, and by whom.
        }
    }
}
