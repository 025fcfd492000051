namespace Foundation.Acceptance;

/// <summary>Where things are on this machine: the checkout, and what was built beside these tests.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Foundation.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The executable of a project, built with the same configuration as these tests.</summary>
    public static string Executable(string folder)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Release"
            : "Debug";
        var name = Path.GetFileName(folder) + (OperatingSystem.IsWindows() ? ".exe" : "");
        return Path.Combine(Root, folder, "bin", configuration, "net10.0", name);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Foundation.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Foundation.slnx above {AppContext.BaseDirectory}");
    }
}
