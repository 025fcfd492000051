using System.Text.Json;

namespace Foundation.Infrastructure.Tests;

/// <summary>The checked-out repository: these tests read its files as they lie there.</summary>
internal static class Repository
{
    private static readonly JsonDocumentOptions s_json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    public static JsonElement ReadJson(string relative) => JsonDocument.Parse(Read(relative), s_json).RootElement;

    /// <summary>Every C# source below a folder, without what a build put there; none where the folder is not there yet.</summary>
    public static IEnumerable<string> Sources(string relativeFolder)
    {
        var folder = PathOf(relativeFolder);
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText);
    }

    /// <summary>The tests that compare with the Functions app wait until it can start.</summary>
    public static void SkipWithoutFunctionsApp() => Assert.SkipUnless(
        File.Exists(PathOf("functions/Foundation.Functions/Program.cs")),
        "functions/Foundation.Functions has no Program.cs yet, so there are no sources to compare with.");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Foundation.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Foundation.slnx above {AppContext.BaseDirectory}.");
    }
}
