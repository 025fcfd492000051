using Foundation.Protocols.Memory;

namespace Foundation.Embedded.Hosting;

/// <summary>Chooses where rows live: one file in the data folder, or the process's memory.</summary>
internal static class EmbeddedStore
{
    public static void Add(IServiceCollection services, EmbeddedSettings settings)
    {
        if (settings.KeepsData)
        {
            throw new StartException("This build keeps no data yet; start it with --data :memory:");
        }

        services.AddSingleton<IStore>(_ => new MemoryStore());
        services.AddSingleton<IBlobs, MemoryBlobs>();
    }
}
