using Xunit;

namespace Foundation.Tests.Hosting;

/// <summary>
/// Texts that stand in the repository and that a test compares with what the product says now, so that a change is seen in the diff.
/// <c>FOUNDATION_APPROVE=1</c> writes them anew.
/// </summary>
internal static class Approved
{
    private static readonly bool Write = Environment.GetEnvironmentVariable("FOUNDATION_APPROVE") == "1";

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Compares a file of the repository with the text.</summary>
    public static void Equal(string path, string actual)
    {
        var file = Path.Combine(Root, path);
        if (Write)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        var expected = File.Exists(file) ? File.ReadAllText(file) : "";
        if (expected != actual) Assert.Fail($"{path} is not what the product says now; if that is meant, run the tests once with FOUNDATION_APPROVE=1.\n{FirstDifference(expected, actual)}");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"line {line + 1}\n  approved: {before.ElementAtOrDefault(line)}\n  now:      {after.ElementAtOrDefault(line)}";
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Foundation.slnx"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run inside the repository.");
    }
}
