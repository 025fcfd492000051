namespace Foundation.Tests.Configuration;

/// <summary>A folder of documents for one test.</summary>
internal sealed class ConfigFolder : IDisposable
{
    public ConfigFolder(params (string File, string Text)[] files)
    {
        Path = Directory.CreateTempSubdirectory("foundation-config-").FullName;
        foreach (var (file, text) in files) Write(file, text);
    }

    public string Path { get; }

    public void Write(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Delete(string file) => File.Delete(System.IO.Path.Combine(Path, file));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
