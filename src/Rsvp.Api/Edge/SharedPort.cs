using System.Net;
using System.Net.Sockets;

namespace Rsvp.Api.Edge;

/// <summary>Lets several instances listen on one port of one machine (<c>Edge:SharesPort</c>, default false): the kernel spreads new connections among those that live.</summary>
/// <remarks>For a machine without a load balancer. The kernel knows who lives and not who is ready, and only Linux spreads connections.</remarks>
internal static class SharedPort
{
    // <sys/socket.h> of Linux; .NET has no name for it.
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    internal static void AddSharedPort(this WebApplicationBuilder builder)
    {
        if (!builder.Configuration.GetValue("Edge:SharesPort", false))
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new InvalidOperationException("Edge:SharesPort needs Linux.");
        }

        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Bind);
    }

    private static Socket Bind(EndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } ip && ip.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
