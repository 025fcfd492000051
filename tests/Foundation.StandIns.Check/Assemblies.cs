using System.Reflection;

namespace Foundation.StandIns.Check;

/// <summary>Loads assemblies of one folder for inspection only: nothing in them runs.</summary>
internal sealed class Assemblies : IDisposable
{
    private readonly MetadataLoadContext _context;
    private readonly string _folder;

    public Assemblies(string folder)
    {
        _folder = folder;

        // First the folder itself, then what both sides share: the runtime, ASP.NET Core and the packages beside this program.
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in Directory.GetFiles(folder, "*.dll").Concat(Shared()))
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        _context = new MetadataLoadContext(new PathAssemblyResolver(paths.Values));
    }

    public Assembly? Find(string name)
    {
        string path = Path.Combine(_folder, name + ".dll");
        return File.Exists(path) ? _context.LoadFromAssemblyPath(path) : null;
    }

    public void Dispose() => _context.Dispose();

    private static IEnumerable<string> Shared()
    {
        string trusted = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        return trusted.Split(Path.PathSeparator).Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));
    }
}
