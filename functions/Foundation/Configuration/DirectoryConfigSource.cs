using System.Text.Json;

namespace Foundation.Configuration;

/// <summary>
/// Documents as files: <c>DIR/&lt;kind&gt;/&lt;name&gt;.yaml</c>, <c>.yml</c> or <c>.json</c>. Whatever else stands there is a
/// fault, so that a mistyped name is not silently ignored; only names that begin with a dot are.
/// </summary>
internal sealed class DirectoryConfigSource(string directory) : IConfigSource
{
    private const int FileBytesMax = 1 << 20;

    public IReadOnlyList<SourceDocument> Read(IReadOnlyCollection<string> kinds, ICollection<Fault> faults)
    {
        var documents = new List<SourceDocument>();
        try
        {
            foreach (var file in Entries(Directory.EnumerateFiles(directory)))
            {
                Add(faults, file, "Documents stand in a folder per kind: <kind>/<name>.yaml.");
            }

            foreach (var folder in Entries(Directory.EnumerateDirectories(directory))) ReadKind(folder, kinds, documents, faults);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(new Fault(directory, ConfigErrors.Unreadable.Code, exception.Message));
        }

        return documents;
    }

    private static IEnumerable<string> Entries(IEnumerable<string> paths) =>
        paths.Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.').Order(StringComparer.Ordinal);

    private void ReadKind(string kind, IReadOnlyCollection<string> kinds, List<SourceDocument> documents, ICollection<Fault> faults)
    {
        if (!kinds.Contains(kind))
        {
            var known = string.Join(", ", kinds.Order(StringComparer.Ordinal));
            var message = $"'{kind}' is no kind of documents; known: {known}.";
            faults.Add(new Fault(kind, ConfigErrors.UnknownKind.Code, message, DidYouMean.Hint(kind, kinds)));
            return;
        }

        var folder = Path.Combine(directory, kind);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var inner in Entries(Directory.EnumerateDirectories(folder)))
        {
            Add(faults, $"{kind}/{inner}", "Folders inside of a kind have no meaning.");
        }

        foreach (var file in Entries(Directory.EnumerateFiles(folder)))
        {
            var origin = $"{kind}/{file}";
            var name = Path.GetFileNameWithoutExtension(file);
            if (!IsDocument(file)) Add(faults, origin, "A document is a .yaml, .yml or .json file.");
            else if (!DocumentNames.IsValid(name)) Add(faults, origin, $"'{Texts.Clip(name)}' is no name: {DocumentNames.Expected}.");
            else if (!names.TryAdd(name, file)) Add(faults, origin, $"{kind}/{name} stands in {names[name]} too.");
            else if (Parse(Path.Combine(folder, file), origin, faults) is { } json) documents.Add(new(kind, name, origin, json));
        }
    }

    private static bool IsDocument(string file) => Path.GetExtension(file) is ".yaml" or ".yml" or ".json";

    private static RawJson? Parse(string path, string origin, ICollection<Fault> faults)
    {
        if (new FileInfo(path).Length > FileBytesMax)
        {
            Add(faults, origin, $"The file is larger than {Sizes.Format(FileBytesMax)}.");
            return null;
        }

        var bytes = File.ReadAllBytes(path);
        return Path.GetExtension(path) == ".json" ? ParseJson(bytes, origin, faults) : ParseYaml(bytes, origin, faults);
    }

    private static RawJson? ParseJson(byte[] bytes, string origin, ICollection<Fault> faults)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, .. var rest]) bytes = rest;
        if (!RawJson.TryParse(bytes, out var json, out var reason))
        {
            Add(faults, origin, reason);
            return null;
        }

        try
        {
            // A merge with the built-in document would hide that a member stands twice; YAML refuses it itself.
            using var document = JsonDocument.Parse(json.Memory, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json;
        }
        catch (JsonException exception)
        {
            Add(faults, origin, exception.Message);
            return null;
        }
    }

    private static RawJson? ParseYaml(byte[] bytes, string origin, ICollection<Fault> faults)
    {
        var read = Yaml.Read(bytes);
        if (read.Problem is { } problem) Add(faults, origin, problem.Detail!);
        else if (read.Value.Count != 1) Add(faults, origin, $"A file holds one document, and this one holds {read.Value.Count}.");
        else return read.Value[0];
        return null;
    }

    private static void Add(ICollection<Fault> faults, string origin, string message) =>
        faults.Add(new Fault(origin, ConfigErrors.Unreadable.Code, message));
}
