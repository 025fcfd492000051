using System.Reflection;
using Foundation.StandIns.Check;

if (args.Length != 1 || !Directory.Exists(args[0]))
{
    await Console.Error.WriteLineAsync("usage: Foundation.StandIns.Check <folder of real assemblies>");
    await Console.Error.WriteLineAsync("Checks that every public type and member of tests/stand-ins exists in them with the same signature.");
    await Console.Error.WriteLineAsync("Where an assembly is not in the folder, a published API listing <assembly name>*.cs is read instead.");
    return 2;
}

using var standIns = new Assemblies(AppContext.BaseDirectory);
using var real = new Assemblies(Path.GetFullPath(args[0]));
IReadOnlyList<Report> reports = [.. StandInNames.All.Select(name => Check(name, standIns, real, args[0]))];

foreach (string fault in reports.SelectMany(report => report.Faults))
    await Console.Out.WriteLineAsync(fault);
int faults = reports.Sum(report => report.Faults.Count);
await Console.Out.WriteLineAsync($"{reports.Count} stand-ins, {reports.Sum(report => report.Count)} types and members checked, {faults} differences");
return faults == 0 ? 0 : 1;

static Report Check(string name, Assemblies standIns, Assemblies real, string folder)
{
    Assembly standIn = standIns.Find(name)!;
    if (real.Find(name) is { } assembly)
        return StandInCheck.Compare(standIn, assembly);
    if (Directory.EnumerateFiles(folder, name + "*.cs").FirstOrDefault() is { } listing)
        return ApiListing.Parse(File.ReadAllText(listing)).Compare(name, standIn.GetExportedTypes());
    var missing = new Report(name);
    missing.Fault("(assembly)", "is not in the folder, and no listing of it either: nothing was checked");
    return missing;
}
