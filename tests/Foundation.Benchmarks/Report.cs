using System.Globalization;
using System.Runtime.InteropServices;

namespace Foundation.Benchmarks;

/// <summary>How rows are printed: name, rate, and what a reader needs to judge it.</summary>
internal static class Report
{
    public static void Machine() => Line(
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");

    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>The middle, the slow and the slowest.</summary>
    public static void Quantiles(string name, TimeSpan[] took)
    {
        Array.Sort(took);
        var (middle, slow) = (took[took.Length / 2], took[took.Length * 99 / 100]);
        Line($"{name,-48} p50 {middle.TotalMilliseconds:f2} ms, p99 {slow.TotalMilliseconds:f2} ms, most {took[^1].TotalMilliseconds:f1} ms");
    }

    /// <summary>A rate with the CPU that one of it took in this process.</summary>
    public static void Rate(string name, long count, Measured measured, string unit)
    {
        var (seconds, cpu) = (measured.Elapsed.TotalSeconds, measured.Cpu.TotalMicroseconds / count);
        Line($"{name,-48} {count / seconds,12:n0} {unit,-10} {cpu,7:f2} us cpu each {seconds,6:f1} s");
    }
}

/// <summary>What a piece of work took.</summary>
internal readonly record struct Measured(TimeSpan Elapsed, TimeSpan Cpu);

internal static class Measure
{
    public static async Task<Measured> AsyncWork(Func<Task> work)
    {
        GC.Collect();
        var (started, cpu) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await work();
        return new Measured(TimeProvider.System.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu);
    }

    /// <summary>Runs that many callers at once, each with its number.</summary>
    public static Task<Measured> CallersAsync(int callers, Func<int, Task> call)
    {
        async Task OneAsync(int number)
        {
            await Task.Yield();
            await call(number);
        }

        return AsyncWork(() => Task.WhenAll(Enumerable.Range(0, callers).Select(OneAsync)));
    }
}
