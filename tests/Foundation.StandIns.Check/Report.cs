namespace Foundation.StandIns.Check;

/// <summary>What the comparison of one assembly found.</summary>
internal sealed class Report(string assembly)
{
    private readonly List<string> _faults = [];

    public string Assembly => assembly;

    public IReadOnlyList<string> Faults => _faults;

    public int Count { get; private set; }

    public void Checked() => Count++;

    public void Fault(string type, string what) => _faults.Add($"{assembly}: {type}: {what}");
}
