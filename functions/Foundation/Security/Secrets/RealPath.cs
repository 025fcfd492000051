namespace Foundation.Security.Secrets;

/// <summary>The path that a file really has when every link on the way is followed.</summary>
internal static class RealPath
{
    // As Linux: more links than this are a cycle.
    private const int LinksMax = 40;

    /// <summary>The real path, or null when something on the way is missing or the links never end.</summary>
    public static string? Of(string path)
    {
        var pending = new Stack<string>(Segments(Path.GetFullPath(path)));
        var real = Path.GetPathRoot(Path.GetFullPath(path))!;
        for (var links = 0; pending.TryPop(out var segment);)
        {
            var next = Path.Combine(real, segment);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (entry.LinkTarget is not { } target)
            {
                if (!entry.Exists)
                {
                    return null;
                }

                real = next;
                continue;
            }

            if (++links > LinksMax)
            {
                return null;
            }

            var aim = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(aim)!;
            foreach (var part in Segments(aim))
            {
                pending.Push(part);
            }
        }

        return real;
    }

    // In reverse, so that a stack gives them from the root on.
    private static IEnumerable<string> Segments(string full) =>
        full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();
}
