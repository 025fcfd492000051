using System.Globalization;

namespace Foundation.Embedded.Hosting;

/// <summary>Finds out who listens on a port: on Linux by <c>/proc</c>, elsewhere nobody is named.</summary>
internal static class PortHolder
{
    private const string Listening = "0A";
    private const int CommandLengthMax = 120;

    /// <summary>The sentence for a taken port.</summary>
    public static string Explain(int port) => Find(port) is var (pid, command)
        ? $"Port {port} is taken by process {pid} ({command}). Stop it, or choose another port with --port."
        : $"Port {port} is taken by another process. Stop it, or choose another port with --port.";

    /// <summary>The process that listens, where this user may see it.</summary>
    public static (int Pid, string Command)? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var sockets = Sockets("/proc/net/tcp", port).Concat(Sockets("/proc/net/tcp6", port)).Select(inode => $"socket:[{inode}]").ToHashSet();
        return sockets.Count == 0 ? null : Processes().Where(pid => Holds(pid, sockets)).Select(pid => ((int, string)?)(pid, Command(pid))).FirstOrDefault();
    }

    // Columns: slot, local address (hex ip:port), remote address, state, queues, timers, retransmits, uid, timeout, inode.
    private static string[] Sockets(string table, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return Read(() => File.ReadLines(table).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(c => c.Length > 9 && c[1].EndsWith(suffix, StringComparison.Ordinal) && c[3] == Listening)
            .Select(c => c[9]).ToArray()) ?? [];
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0);

    private static bool Holds(int pid, HashSet<string> sockets) =>
        Read(() => Directory.EnumerateFiles($"/proc/{pid}/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target)));

    private static string Command(int pid)
    {
        var text = (Read(() => File.ReadAllText($"/proc/{pid}/cmdline")) ?? "").TrimEnd('\0').Replace('\0', ' ');
        return text.Length == 0 ? "unknown" : text.Length > CommandLengthMax ? text[..CommandLengthMax] + "…" : text;
    }

    // Processes end while one looks, and those of other users cannot be looked into.
    private static T? Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
