using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Rsvp.Testing;

/// <summary>Makes meters and keeps what is measured with them.</summary>
public sealed class MeasurementLog : IDisposable
{
    private readonly ConcurrentQueue<MeasuredValue> _values = new();
    private readonly ServiceProvider? _services;
    private readonly MeterListener _listener = new();

    /// <param name="meters">Those whose instruments are listened to; null: those of <see cref="Meters"/>.</param>
    public MeasurementLog(IMeterFactory? meters = null)
    {
        _services = meters is null ? new ServiceCollection().AddMetrics().BuildServiceProvider() : null;
        Meters = meters ?? _services!.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == Meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Makes the meters that are listened to.</summary>
    public IMeterFactory Meters { get; }

    /// <summary>What an instrument measured, in order.</summary>
    public IReadOnlyList<MeasuredValue> Of(string instrument) => [.. _values.Where(value => value.Instrument == instrument)];

    /// <summary>Asks the instruments that are looked at instead of measuring.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _services?.Dispose();
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = new Dictionary<string, object?>();
        foreach (var (name, tag) in tags)
        {
            all[name] = tag;
        }

        _values.Enqueue(new MeasuredValue(instrument.Name, value, all));
    }
}

/// <summary>One measurement.</summary>
public sealed record MeasuredValue(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);
