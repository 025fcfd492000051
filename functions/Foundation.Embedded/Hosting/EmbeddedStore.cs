using Foundation.Embedded.Sqlite;
using Foundation.Protocols.Memory;

namespace Foundation.Embedded.Hosting;

/// <summary>Chooses where rows live: one file in the data folder, or the process's memory.</summary>
internal static class EmbeddedStore
{
    public static void Add(IServiceCollection services, EmbeddedSettings settings)
    {
        if (settings.KeepsData)
        {
            services.AddSqliteStore(settings.Data);
            return;
        }

        services.AddSingleton<IStore>(_ => new MemoryStore());
        services.AddSingleton<IBlobs, MemoryBlobs>();
    }
}
