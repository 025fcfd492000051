using Foundation.Benchmarks;
using Foundation.Benchmarks.Store;

// Each suite prints its rows; a number is one run on this machine, under whatever else runs here.
var suites = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
{
    ["store"] = StoreBenchmarks.RunAsync,
    ["store-inserts"] = StoreBenchmarks.InsertsAsync,
    ["store-lives"] = StoreBenchmarks.LivesAsync,
    ["store-million"] = MillionRows.RunAsync,
    [MillionRows.Reopen] = MillionRows.ReopenAsync,
};
var chosen = args.Length == 0 ? ["store", "store-million"] : args;
if (chosen.FirstOrDefault(name => !suites.ContainsKey(name)) is { } unknown)
{
    await Console.Error.WriteLineAsync($"There is no suite '{unknown}'; there are: {string.Join(", ", suites.Keys)}");
    return 1;
}

Report.Machine();
foreach (var name in chosen)
{
    await suites[name]();
}

return 0;
