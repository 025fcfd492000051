using Foundation.Embedded.Sqlite;
using Foundation.Kernel;
using Foundation.Protocols;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using System.Diagnostics.Metrics;

namespace Foundation.Conformance.Sqlite;

/// <summary>A data folder of a test: opened as often as it likes, removed at the end.</summary>
internal sealed class SqliteFolder : IDisposable
{
    private static readonly IMeterFactory Meters =
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public string Path { get; } = Directory.CreateTempSubdirectory("foundation-store-").FullName;

    public string File => System.IO.Path.Combine(Path, "foundation.db");

    public static SqliteStore OpenAt(string path, Action<SqliteStoreOptions>? configure = null)
    {
        var options = new SqliteStoreOptions { Folder = path };
        configure?.Invoke(options);
        return new SqliteStore(options, RandomSource.System, Meters, TimeProvider.System, NullLogger<SqliteStore>.Instance);
    }

    public SqliteStore Open(Action<SqliteStoreOptions>? configure = null) => OpenAt(Path, configure);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
