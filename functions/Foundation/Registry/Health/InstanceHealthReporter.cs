using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Foundation.Registry.View;
using Microsoft.Extensions.Logging;

namespace Foundation.Registry.Health;

/// <summary>
/// Takes outcomes, reacts at once in this process, and tells the fleet: at most one signal per service and second, and while nothing
/// bad happens one per half minute.
/// </summary>
internal sealed class InstanceHealthReporter : IInstanceHealthReporter, IDisposable
{
    /// <summary>Between two signals of a service.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(1);

    private const int InstancesPerSignal = 100;
    private static readonly TimeSpan QuietGap = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ServiceReports> _services = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly Lock _gate = new();
    private readonly string _source;
    private readonly IEntities _entities;
    private readonly RegistryView _view;
    private readonly RegistryOptions _options;
    private readonly RegistryInstruments _instruments;
    private readonly WorkTracker _tracker;
    private readonly TimeProvider _time;
    private readonly ILogger<InstanceHealthReporter> _logger;
    private readonly ITimer _timer;
    private DateTimeOffset _armed = DateTimeOffset.MaxValue;

    public InstanceHealthReporter(
        IEntities entities, RegistryView view, RegistryOptions options, RegistryInstruments instruments, WorkTracker tracker,
        RandomSource random, TimeProvider time, ILogger<InstanceHealthReporter> logger)
    {
        (_entities, _view, _options, _instruments) = (entities, view, options, instruments);
        (_tracker, _time, _logger) = (tracker, time, logger);
        _source = string.Create(CultureInfo.InvariantCulture, $"p{random.NextSeed():x8}{random.NextSeed():x8}");
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Report(Instance instance, InstanceOutcome outcome)
    {
        // The late outcome of a generation that was taken over says nothing of its successor.
        if (instance.Activity.Lease is { } lease && lease.Generation != instance.Generation)
        {
            return;
        }

        var (refused, ended, first) = instance.Activity.Tally.Add(outcome);
        _instruments.Outcome(outcome);
        var now = _time.GetUtcNow();
        if (outcome == InstanceOutcome.Refused && refused >= _options.Outliers.RefusalsToEject && instance.Activity.TrustedAt(now))
        {
            _view.EjectHere(instance, now + _options.Outliers.BaseEjection);
        }
        else if (outcome == InstanceOutcome.Success && ended)
        {
            instance.Activity.EjectUntil(null);
        }

        var urgent = outcome != InstanceOutcome.Success || ended;
        if (!urgent && !first)
        {
            return;
        }

        var reports = _services.GetOrAdd(instance.Service, static _ => new ServiceReports());
        if (reports.Note(first ? instance : null, urgent ? Gap : QuietGap, now) is { } due)
        {
            Arm(due);
        }
    }

    /// <summary>Tells what is due.</summary>
    public async ValueTask FlushAsync(CancellationToken ct)
    {
        if (!await _flushing.WaitAsync(TimeSpan.Zero, ct))
        {
            return;
        }

        try
        {
            foreach (var (service, reports) in _services)
            {
                if (reports.Take(_time.GetUtcNow(), InstancesPerSignal) is var (instances, number))
                {
                    await TellAsync(service, reports, instances, number, ct);
                }
            }
        }
        finally
        {
            _flushing.Release();
        }

        var next = _services.Values.Select(r => r.Due).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        if (next < DateTimeOffset.MaxValue)
        {
            Arm(next);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _flushing.Dispose();
    }

    private async ValueTask TellAsync(string service, ServiceReports reports, List<Instance> instances, long number, CancellationToken ct)
    {
        var id = new EntityId(ServiceHealthDecider.EntityKind, service);
        try
        {
            await _entities.SignalAsync(id, new Signal(_source, number, Body(service, instances)), ct);
            if (await _entities.ReadAsync(id, ct) is { } state)
            {
                _view.Apply(service, ServiceHealthDecider.Read(state));
            }
        }
#pragma warning disable CA1031 // Whatever keeps the entity from hearing: the totals are told again, and this process has its own eyes.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reports.Again(instances, _time.GetUtcNow() + Patience);
            if (e is not OperationCanceledException)
            {
                _logger.HealthNotTold(service, e);
            }
        }
    }

    private byte[] Body(string service, List<Instance> instances)
    {
        var now = _time.GetUtcNow();
        var told = new Dictionary<string, ReportedHealth>(instances.Count, StringComparer.Ordinal);
        foreach (var instance in instances)
        {
            told[instance.Name] = instance.Activity.Tally.Tell(instance.Activity.Lease?.Generation ?? instance.Generation);
        }

        var up = _view.Snapshot.OfService(service).Count(i => i.StatusAt(now) == InstanceStatus.Up);
        return JsonSerializer.SerializeToUtf8Bytes(new HealthReport { Up = up, Instances = told }, RegistryJson.Default.HealthReport);
    }

    private void Arm(DateTimeOffset at)
    {
        lock (_gate)
        {
            if (at >= _armed)
            {
                return;
            }

            _armed = at;
            var wait = at - _time.GetUtcNow();
            var least = TimeSpan.FromMilliseconds(1);
            _timer.Change(wait < least ? least : wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        lock (_gate)
        {
            _armed = DateTimeOffset.MaxValue;
        }

        _tracker.Track(FlushAsync(CancellationToken.None));
    }
}
