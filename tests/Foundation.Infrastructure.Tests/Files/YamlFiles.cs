using YamlDotNet.RepresentationModel;

namespace Foundation.Infrastructure.Tests.Files;

/// <summary>The repository's YAML, read by paths: `services/foundation/host`.</summary>
internal static class YamlFiles
{
    public static YamlMappingNode Read(string relative)
    {
        var yaml = new YamlStream();
        using var reader = new StringReader(Repository.Read(relative));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    public static YamlNode Node(this YamlNode node, string path) =>
        path.Split('/').Aggregate(node, (parent, name) => ((YamlMappingNode)parent).Children[new YamlScalarNode(name)]);

    public static string Text(this YamlNode node, string path) => ((YamlScalarNode)node.Node(path)).Value!;

    public static IEnumerable<string> Keys(this YamlNode node, string path) =>
        ((YamlMappingNode)node.Node(path)).Children.Keys.Select(key => ((YamlScalarNode)key).Value!);
}
