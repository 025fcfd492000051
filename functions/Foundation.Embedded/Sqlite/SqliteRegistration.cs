using System.Diagnostics.Metrics;
using Foundation.Kernel;
using Microsoft.Extensions.Options;

namespace Foundation.Embedded.Sqlite;

/// <summary>Adds the data file to a host.</summary>
public static class SqliteRegistration
{
    /// <summary>Rows and blobs in a folder. The file is opened when the store is first asked for, and closed with the provider.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, string folder)
    {
        services.AddSingleton<IValidateOptions<SqliteStoreOptions>, SqliteStoreOptionsValidator>();
        services.AddOptions<SqliteStoreOptions>().Configure(o => o.Folder = folder).ValidateOnStart();
        services.AddSingleton(static provider => new SqliteStore(
            provider.GetRequiredService<IOptions<SqliteStoreOptions>>().Value,
            provider.GetService<RandomSource>() ?? RandomSource.System,
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<SqliteStore>>()));
        services.AddSingleton<IStore>(static provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IBlobs, SqliteBlobs>();
        return services;
    }
}
